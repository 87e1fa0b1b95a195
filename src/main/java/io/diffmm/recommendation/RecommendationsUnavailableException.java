package io.diffmm.recommendation;

import io.diffmm.runtime.OverloadedException.DropReason;
import java.time.Duration;

/// Thrown when an answer cannot be computed in time; the client may try again later.
///
/// Has no stack trace, because it is most frequent under overload.
public final class RecommendationsUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 2;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final UnavailableReason reason;

    RecommendationsUnavailableException(UnavailableReason reason) {
        this(reason, reason.sentence);
    }

    private RecommendationsUnavailableException(UnavailableReason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /// Creates the exception for an answer that took longer than the timeout.
    static RecommendationsUnavailableException late(Duration timeout) {
        return new RecommendationsUnavailableException(
                UnavailableReason.DEADLINE, "The answer was not ready within %d ms.".formatted(timeout.toMillis()));
    }

    public UnavailableReason reason() {
        return reason;
    }

    /// Time after which the client may try again.
    public Duration retryAfter() {
        return RETRY_AFTER;
    }

    /// Reason why an answer is unavailable.
    public enum UnavailableReason {
        /// The queue is full.
        QUEUE_FULL("Too many requests are waiting."),
        /// The deadline has passed.
        DEADLINE("The answer was not ready in time."),
        /// The service is shutting down.
        CLOSING("The service is shutting down.");

        /// Message for the client.
        private final String sentence;

        UnavailableReason(String sentence) {
            this.sentence = sentence;
        }

        static UnavailableReason of(DropReason reason) {
            return switch (reason) {
                case QUEUE_FULL -> QUEUE_FULL;
                case DEADLINE, CALLER_GONE -> DEADLINE;
                case CLOSING -> CLOSING;
            };
        }
    }
}
