package io.diffmm.artifacts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Files that must be where they seem to be.
final class ContainedFile {

    private ContainedFile() {}

    /// @throws InvalidArtifactException if `file` is missing, not a plain file, or a link to somewhere outside
    static void requireInside(Path directory, Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new InvalidArtifactException(file, "missing");
        }
        if (!file.toRealPath().startsWith(directory.toRealPath())) {
            throw new InvalidArtifactException(file, "leads out of its directory");
        }
        if (!Files.isRegularFile(file)) {
            throw new InvalidArtifactException(file, "not a plain file");
        }
    }
}
