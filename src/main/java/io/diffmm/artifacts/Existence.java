package io.diffmm.artifacts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/// Whether something is there. What cannot be looked at, on a volume that is away say, is not taken for missing.
final class Existence {

    private Existence() {}

    static boolean isDirectory(Path path) throws IOException {
        return attributes(path).map(BasicFileAttributes::isDirectory).orElse(false);
    }

    static boolean isFile(Path path) throws IOException {
        return attributes(path).map(BasicFileAttributes::isRegularFile).orElse(false);
    }

    /// Empty if there is nothing.
    ///
    /// @throws IOException if it cannot be known
    static Optional<BasicFileAttributes> attributes(Path path) throws IOException {
        try {
            return Optional.of(Files.readAttributes(path, BasicFileAttributes.class));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }
}
