package io.diffmm.runtime;

/// Thrown when more requests wait than can be answered in time; the caller may try again later.
public final class OverloadedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public OverloadedException(String message) {
        super(message);
    }
}
