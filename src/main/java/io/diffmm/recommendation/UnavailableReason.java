package io.diffmm.recommendation;

import io.diffmm.runtime.OverloadedException.DropReason;

/// Why there is no answer now.
public enum UnavailableReason {
    /// As many requests wait as may.
    QUEUE_FULL("Too many requests are waiting."),
    /// The answer took too long.
    DEADLINE("The answer was not ready in time."),
    /// The service is shutting down.
    CLOSING("The service is shutting down.");

    private final String sentence;

    UnavailableReason(String sentence) {
        this.sentence = sentence;
    }

    /// For the client.
    String sentence() {
        return sentence;
    }

    static UnavailableReason of(DropReason reason) {
        return switch (reason) {
            case QUEUE_FULL -> QUEUE_FULL;
            case DEADLINE, CALLER_GONE -> DEADLINE;
            case CLOSING -> CLOSING;
        };
    }
}
