package io.diffmm.artifacts;

import java.nio.file.Path;

/// Thrown when a file or directory is not what the artifact format asks for: damaged, cut off, foreign, or newer than
/// this server.
///
/// The service must not start on such an artifact. Publishing it again, or pointing at another version, is the remedy.
public final class InvalidArtifactException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient Path file;

    public InvalidArtifactException(Path file, String reason) {
        super("%s: %s".formatted(file, reason));
        this.file = file;
    }

    public InvalidArtifactException(Path file, String reason, Throwable cause) {
        super("%s: %s".formatted(file, reason), cause);
        this.file = file;
    }

    /// The file or directory that is wrong.
    public Path file() {
        return file;
    }
}
