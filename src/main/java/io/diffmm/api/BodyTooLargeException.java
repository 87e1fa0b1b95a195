package io.diffmm.api;

import java.io.IOException;

/// Thrown while a body is read that turns out to be larger than allowed.
final class BodyTooLargeException extends IOException {

    private static final long serialVersionUID = 1;

    BodyTooLargeException(long maximum) {
        super("The body is larger than %d bytes.".formatted(maximum));
    }
}
