package io.diffmm.artifacts;

import io.diffmm.artifacts.Manifest.FileEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Reader of published versions; verifies every byte.
public final class ArtifactReader {

    private ArtifactReader() {}

    /// Reads the version in `directory`.
    ///
    /// @param directory directory of a version, as [ArtifactLocator] finds it
    /// @throws InvalidArtifactException if it is damaged, incomplete, foreign, inconsistent, or has a newer format
    /// @throws UncheckedIOException if it cannot be read; it may be valid
    public static Artifact open(Path directory) {
        Manifest manifest = verify(directory);
        try {
            return new Artifact(directory, manifest, ContentsFiles.read(directory));
        } catch (IOException e) {
            throw FileOperations.unreadable(directory, e);
        }
    }

    /// Verifies the files in `directory` against the manifest.
    ///
    /// @throws InvalidArtifactException if they differ
    /// @throws UncheckedIOException if they cannot be read
    static Manifest verify(Path directory) {
        Manifest manifest = Manifest.read(directory);
        try {
            requireListed(directory, manifest);
            requireNothingUnlisted(directory, manifest);
            for (Map.Entry<String, FileEntry> file : manifest.files().entrySet()) {
                verify(directory, directory.resolve(file.getKey()), file.getValue());
            }
            return manifest;
        } catch (IOException e) {
            throw FileOperations.unreadable(directory, e);
        }
    }

    private static void requireListed(Path directory, Manifest manifest) {
        List<String> needed = new ArrayList<>(ArtifactNames.LISTED);
        needed.addAll(manifest.weights());
        for (String file : needed) {
            if (!manifest.files().containsKey(file)) {
                throw new InvalidArtifactException(
                        directory.resolve(ArtifactNames.MANIFEST), "does not list %s".formatted(file));
            }
        }
    }

    private static void requireNothingUnlisted(Path directory, Manifest manifest) throws IOException {
        for (Path file : FileOperations.children(directory)) {
            String name = String.valueOf(file.getFileName());
            if (ArtifactNames.isOptional(name) && !manifest.files().containsKey(name)) {
                throw new InvalidArtifactException(file, "the manifest does not list it; remove it");
            }
        }
    }

    private static void verify(Path directory, Path file, FileEntry expected) throws IOException {
        FileOperations.requireInside(directory, file);
        long bytes = Files.size(file);
        if (bytes != expected.bytes()) {
            throw new InvalidArtifactException(
                    file, "%d bytes long, but the manifest lists %d".formatted(bytes, expected.bytes()));
        }
        String sha256 = FileEntry.of(file).sha256();
        if (!sha256.equals(expected.sha256())) {
            throw new InvalidArtifactException(
                    file, "has SHA-256 %s, but the manifest lists %s".formatted(sha256, expected.sha256()));
        }
    }
}
