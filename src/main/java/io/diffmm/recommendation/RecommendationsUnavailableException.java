package io.diffmm.recommendation;

import java.time.Duration;

/// Thrown when an answer cannot be computed in time; asking again later may help.
public final class RecommendationsUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Duration retryAfter;

    public RecommendationsUnavailableException(String message, Duration retryAfter, Throwable cause) {
        super(message, cause);
        this.retryAfter = retryAfter;
    }

    /// How long to wait before asking again.
    public Duration retryAfter() {
        return retryAfter;
    }
}
