package io.diffmm.api;

/// Thrown when an import ends before its body does. What was stored stays; the rest has to be sent again.
final class ImportInterruptedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final long stored;

    /// @param stored lines that are done with
    ImportInterruptedException(long stored, Exception cause) {
        super(cause);
        this.stored = stored;
    }

    /// Lines that are done with: stored, or refused.
    long stored() {
        return stored;
    }
}
