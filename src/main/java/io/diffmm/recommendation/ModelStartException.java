package io.diffmm.recommendation;

/// Thrown when the configured model cannot be served; the service does not start without one.
final class ModelStartException extends RuntimeException {

    private static final long serialVersionUID = 1;

    ModelStartException(RuntimeException cause) {
        super(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
    }
}
