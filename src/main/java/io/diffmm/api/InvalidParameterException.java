package io.diffmm.api;

/// Thrown when a parameter or field of a request breaks a limit that is configured.
final class InvalidParameterException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String parameter;

    InvalidParameterException(String parameter, String message) {
        super(message);
        this.parameter = parameter;
    }

    String parameter() {
        return parameter;
    }
}
