package io.diffmm.artifacts;

import java.nio.file.Path;

/// Thrown when a file, directory or object in a bucket violates the artifact format: it is damaged, truncated, foreign,
/// or newer than this server.
///
/// The server must not serve such an artifact. The remedy is to publish it again or to select another version.
public final class InvalidArtifactException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public InvalidArtifactException(Path file, String reason) {
        this(file.toString(), reason);
    }

    public InvalidArtifactException(Path file, String reason, Throwable cause) {
        super("%s: %s".formatted(file, reason), cause);
    }

    /// @param place path or URL of the invalid file, directory or object
    InvalidArtifactException(String place, String reason) {
        super("%s: %s".formatted(place, reason));
    }
}
