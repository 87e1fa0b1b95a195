package io.diffmm.retrieval;

import java.nio.file.Path;

/// Thrown when a file is not the index of a catalogue, or a damaged one.
///
/// Publishing the model again is the only remedy.
public final class InvalidGraphException extends RuntimeException {

    private static final long serialVersionUID = 2;

    private final transient Path file;
    private final String reason;

    InvalidGraphException(Path file, String reason) {
        super("%s: %s".formatted(file, reason));
        this.file = file;
        this.reason = reason;
    }

    /// The file that is wrong.
    public Path file() {
        return file;
    }

    /// What is wrong with it.
    public String reason() {
        return reason;
    }
}
