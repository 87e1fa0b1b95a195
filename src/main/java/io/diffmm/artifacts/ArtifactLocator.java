package io.diffmm.artifacts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds the version to serve.
public final class ArtifactLocator {

    /// A version's name and a newline are far shorter.
    private static final long MAXIMUM_CURRENT_BYTES = 256;

    private ArtifactLocator() {}

    /// The directory of one version.
    ///
    /// @param directory a version's directory, a model's directory (its current version is meant), or a
    ///     directory with models in it
    /// @param name which model; needed if there are several
    /// @throws InvalidArtifactException if there is no such version or it is not clear which is meant
    public static Path resolve(Path directory, Optional<String> name) {
        try {
            Path version = version(directory, name);
            name.ifPresent(wanted -> requireName(version, wanted));
            return version;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read %s: %s".formatted(directory, e.getMessage()), e);
        }
    }

    /// The current version in a model's directory; empty if none was published yet.
    ///
    /// @param model the directory, which need not exist
    /// @throws InvalidArtifactException if what is current is not there
    public static Optional<Path> currentIn(Path model) {
        return hasCurrent(model) ? Optional.of(resolve(model, Optional.empty())) : Optional.empty();
    }

    private static Path version(Path directory, Optional<String> name) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new InvalidArtifactException(
                    directory, "no such directory; point at a directory with published models");
        }
        if (Files.exists(directory.resolve(ArtifactFiles.MANIFEST))) {
            return directory;
        }
        return current(hasCurrent(directory) ? directory : model(directory, name));
    }

    private static Path model(Path root, Optional<String> name) throws IOException {
        return root.resolve(ModelChoice.of(root.toString(), names(root), name));
    }

    private static List<String> names(Path root) throws IOException {
        try (Stream<Path> children = Files.list(root)) {
            return children.filter(ArtifactLocator::hasCurrent)
                    .map(child -> child.getFileName().toString())
                    .filter(SafeName::isSafe)
                    .sorted()
                    .toList();
        }
    }

    private static boolean hasCurrent(Path directory) {
        return Files.isRegularFile(directory.resolve(ArtifactFiles.CURRENT));
    }

    private static Path current(Path model) throws IOException {
        Path file = model.resolve(ArtifactFiles.CURRENT);
        if (Files.size(file) > MAXIMUM_CURRENT_BYTES) {
            throw new InvalidArtifactException(file, "holds more than the name of a version");
        }
        String version = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip();
        if (!SafeName.isSafe(version)) {
            throw new InvalidArtifactException(file, "does not hold the name of a version");
        }
        Path directory = model.resolve(version);
        if (!Files.isDirectory(directory)) {
            throw new InvalidArtifactException(file, "names the version %s, which is not there".formatted(version));
        }
        if (!directory.toRealPath().startsWith(model.toRealPath())) {
            throw new InvalidArtifactException(directory, "leads out of its directory");
        }
        return directory;
    }

    private static void requireName(Path version, String wanted) {
        String name = ManifestFile.read(version).name();
        if (!name.equals(wanted)) {
            throw new InvalidArtifactException(version, "is the model '%s', not '%s'".formatted(name, wanted));
        }
    }
}
