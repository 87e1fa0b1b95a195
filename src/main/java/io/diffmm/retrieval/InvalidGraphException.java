package io.diffmm.retrieval;

import java.nio.file.Path;

/// Thrown when a file is not the index of a catalogue, or a damaged one.
///
/// Publishing the model again is the only remedy.
public final class InvalidGraphException extends RuntimeException {

    private static final long serialVersionUID = 1;

    InvalidGraphException(Path file, String reason) {
        super("%s: %s".formatted(file, reason));
    }
}
