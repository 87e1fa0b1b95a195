package io.diffmm.runtime;

/// Thrown when a change of version is not done yet: what is served may be another version later.
public final class ChangeUnfinishedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    ChangeUnfinishedException(String message) {
        super(message);
    }
}
