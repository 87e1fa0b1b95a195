package io.diffmm.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.stream.Collectors;

/// Thrown when parameters or body fields of a request are not valid.
final class InvalidParameterException extends RuntimeException {

    private static final long serialVersionUID = 3;

    private final transient List<InvalidParameter> errors;

    InvalidParameterException(String parameter, String message) {
        this(List.of(new InvalidParameter(parameter, message)));
    }

    InvalidParameterException(List<InvalidParameter> errors) {
        super(InvalidParameter.sentences(errors));
        this.errors = List.copyOf(errors);
    }

    List<InvalidParameter> errors() {
        return errors;
    }

    /// Entry of `errors` in a problem document.
    ///
    /// @param parameter name of a parameter, or path of a body field
    /// @param message requirement that the value does not meet, such as `must not be blank`
    @Schema(name = "InvalidParameter")
    record InvalidParameter(
            @Schema(example = "limit") String parameter,

            @Schema(example = "must be less than or equal to 100")
            String message) {

        /// Returns all errors as one line of text.
        static String sentences(List<InvalidParameter> errors) {
            return errors.stream()
                    .map(error -> "%s %s".formatted(error.parameter, error.message))
                    .collect(Collectors.joining("; "));
        }
    }
}
