package io.diffmm.artifacts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Opens a published model and verifies every byte of it.
public final class ArtifactReader {

    private ArtifactReader() {}

    /// Reads the artifact in `directory`.
    ///
    /// @param directory a version's directory, as [ArtifactLocator] finds it
    /// @throws InvalidArtifactException if it is damaged, incomplete, foreign, contradicts itself, or is of a newer
    ///     format
    /// @throws UncheckedIOException if it cannot be read, which says nothing of it
    public static Artifact open(Path directory) {
        Manifest manifest = verify(directory);
        try {
            return new Artifact(directory, manifest, ContentsFiles.read(directory));
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    /// Verifies that the files in `directory` are those of its manifest.
    ///
    /// @throws InvalidArtifactException if they are not
    /// @throws UncheckedIOException if they cannot be read
    static Manifest verify(Path directory) {
        Manifest manifest = ManifestFile.read(directory);
        try {
            requireListed(directory, manifest);
            requireNothingForeign(directory, manifest);
            for (Map.Entry<String, FileEntry> file : manifest.files().entrySet()) {
                verify(directory, directory.resolve(file.getKey()), file.getValue());
            }
            return manifest;
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    private static UncheckedIOException unreadable(Path directory, IOException e) {
        return new UncheckedIOException("cannot read %s: %s".formatted(directory, e.getMessage()), e);
    }

    private static void requireListed(Path directory, Manifest manifest) {
        List<String> needed = new ArrayList<>(ArtifactFiles.LISTED);
        manifest.members().forEach(member -> needed.add(ArtifactFiles.weights(member.family())));
        for (String file : needed) {
            if (!manifest.files().containsKey(file)) {
                throw new InvalidArtifactException(
                        directory.resolve(ArtifactFiles.MANIFEST), "does not list %s".formatted(file));
            }
        }
    }

    private static void requireNothingForeign(Path directory, Manifest manifest) throws IOException {
        for (Path file : DurableFiles.children(directory)) {
            String name = String.valueOf(file.getFileName());
            if (ArtifactFiles.isOptional(name) && !manifest.files().containsKey(name)) {
                throw new InvalidArtifactException(file, "the manifest does not list it; remove it");
            }
        }
    }

    private static void verify(Path directory, Path file, FileEntry expected) throws IOException {
        ContainedFile.requireInside(directory, file);
        long bytes = Files.size(file);
        if (bytes != expected.bytes()) {
            throw new InvalidArtifactException(
                    file, "%d bytes long, the manifest says %d".formatted(bytes, expected.bytes()));
        }
        String sha256 = Digests.describe(file).sha256();
        if (!sha256.equals(expected.sha256())) {
            throw new InvalidArtifactException(
                    file, "has SHA-256 %s, the manifest says %s".formatted(sha256, expected.sha256()));
        }
    }
}
