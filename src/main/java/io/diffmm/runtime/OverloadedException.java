package io.diffmm.runtime;

/// Thrown when a request cannot be computed in time; the caller may try again later.
///
/// Has no stack trace: it is thrown most when there is least time.
public final class OverloadedException extends RuntimeException {

    private static final long serialVersionUID = 2;

    private final DropReason reason;

    public OverloadedException(DropReason reason) {
        super(reason.description(), null, false, false);
        this.reason = reason;
    }

    public DropReason reason() {
        return reason;
    }
}
