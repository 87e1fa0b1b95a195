package io.diffmm.interactions;

/// Thrown when interactions cannot be kept as configured; the service does not start then.
final class InteractionsStartException extends RuntimeException {

    private static final long serialVersionUID = 1;

    InteractionsStartException(String message) {
        super(message);
    }

    InteractionsStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
