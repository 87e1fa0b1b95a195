package io.diffmm.interactions;

import java.time.Duration;

/// Thrown when the database cannot be reached or does not answer in time; asking again later may help.
///
/// Has no stack trace: it is thrown for every request until the database is back. What failed first is logged.
public final class InteractionsUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient Duration retryAfter;

    /// @param retryAfter how long to wait before asking again
    public InteractionsUnavailableException(Duration retryAfter) {
        super("The store of interactions cannot be reached.", null, false, false);
        this.retryAfter = retryAfter;
    }

    /// How long to wait before asking again.
    public Duration retryAfter() {
        return retryAfter;
    }
}
