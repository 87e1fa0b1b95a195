package io.diffmm.api;

import java.util.List;
import java.util.stream.Collectors;

/// Thrown when parameters or fields of a request are not valid.
final class InvalidParameterException extends RuntimeException {

    private static final long serialVersionUID = 2;

    private final transient List<InvalidParameter> errors;

    InvalidParameterException(String parameter, String message) {
        this(List.of(new InvalidParameter(parameter, message)));
    }

    InvalidParameterException(List<InvalidParameter> errors) {
        super(errors.stream().map(InvalidParameter::sentence).collect(Collectors.joining("; ")));
        this.errors = List.copyOf(errors);
    }

    List<InvalidParameter> errors() {
        return errors;
    }
}
