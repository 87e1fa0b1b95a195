package io.diffmm.artifacts;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Files that must be where they seem to be.
final class ContainedFile {

    private ContainedFile() {}

    /// @throws InvalidArtifactException if `file` is missing, not a plain file, or a link to somewhere outside
    /// @throws IOException if that cannot be known, or the whole directory has gone
    static void requireInside(Path directory, Path file) throws IOException {
        if (Existence.attributes(file).isEmpty()) {
            requireThere(directory);
            throw new InvalidArtifactException(file, "missing");
        }
        if (!file.toRealPath().startsWith(directory.toRealPath())) {
            throw new InvalidArtifactException(file, "leads out of its directory");
        }
        if (!Existence.isFile(file)) {
            throw new InvalidArtifactException(file, "not a plain file");
        }
    }

    private static void requireThere(Path directory) throws IOException {
        if (!Existence.isDirectory(directory)) {
            throw new NoSuchFileException(directory.toString());
        }
    }
}
