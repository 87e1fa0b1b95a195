package io.diffmm.recommendation;

import java.time.Duration;

/// Thrown when an answer cannot be computed in time; asking again later may help.
///
/// Has no stack trace: it is thrown most when there is least time.
public final class RecommendationsUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 2;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final UnavailableReason reason;

    RecommendationsUnavailableException(UnavailableReason reason) {
        this(reason, reason.sentence());
    }

    RecommendationsUnavailableException(UnavailableReason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /// Why there is no answer.
    public UnavailableReason reason() {
        return reason;
    }

    /// How long to wait before asking again.
    public Duration retryAfter() {
        return RETRY_AFTER;
    }
}
