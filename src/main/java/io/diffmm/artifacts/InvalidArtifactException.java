package io.diffmm.artifacts;

import java.nio.file.Path;

/// Thrown when a file, directory or object in a bucket is not what the artifact format asks for: damaged, cut off,
/// foreign, or newer than this server.
///
/// The service must not start on such an artifact. Publishing it again, or pointing at another version, is the remedy.
public final class InvalidArtifactException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public InvalidArtifactException(Path file, String reason) {
        this(file.toString(), reason);
    }

    public InvalidArtifactException(Path file, String reason, Throwable cause) {
        super("%s: %s".formatted(file, reason), cause);
    }

    /// @param place of what is wrong, as a path or URL
    InvalidArtifactException(String place, String reason) {
        super("%s: %s".formatted(place, reason));
    }
}
