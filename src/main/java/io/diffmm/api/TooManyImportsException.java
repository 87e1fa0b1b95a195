package io.diffmm.api;

/// Thrown when as many imports are under way as may be; this one may be sent again later.
final class TooManyImportsException extends RuntimeException {

    private static final long serialVersionUID = 1;

    TooManyImportsException(int atOnce) {
        super("%d imports are under way, and no more may be; send it again later.".formatted(atOnce));
    }
}
