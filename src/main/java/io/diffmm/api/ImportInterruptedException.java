package io.diffmm.api;

import java.util.List;

/// Thrown when an import ends before its body does. What was stored stays; the rest has to be sent again.
final class ImportInterruptedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final long stored;
    private final transient List<RejectedLines.Rejected> rejected;

    /// @param stored lines that are done with
    /// @param rejected the first of those among them that were refused
    ImportInterruptedException(long stored, List<RejectedLines.Rejected> rejected, Exception cause) {
        super(cause);
        this.stored = stored;
        this.rejected = List.copyOf(rejected);
    }

    /// The first lines that were refused.
    List<RejectedLines.Rejected> rejected() {
        return rejected;
    }

    /// Lines that are done with: stored, or refused.
    long stored() {
        return stored;
    }
}
