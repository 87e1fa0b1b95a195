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
        Path place = locate(directory, name);
        Path version = isVersion(place) ? place : current(place);
        name.ifPresent(wanted -> requireName(version, wanted));
        return version;
    }

    /// The directory of a version or of a model; which version is current of that is not looked at.
    ///
    /// @param directory as for [#resolve]
    /// @throws InvalidArtifactException if there is none or it is not clear which is meant
    static Path locate(Path directory, Optional<String> name) {
        return reading(directory, () -> {
            if (!Existence.isDirectory(directory)) {
                throw new InvalidArtifactException(
                        directory, "no such directory; point at a directory with published models");
            }
            return isVersion(directory) || hasCurrent(directory) ? directory : model(directory, name);
        });
    }

    /// Whether a directory is a version's, not a model's.
    static boolean isVersion(Path directory) {
        return reading(
                directory,
                () -> Existence.attributes(directory.resolve(ArtifactFiles.MANIFEST))
                        .isPresent());
    }

    /// The current version in a model's directory; empty if none was published yet.
    ///
    /// @param model the directory, which need not exist
    /// @throws InvalidArtifactException if what is current is not there
    public static Optional<Path> currentIn(Path model) {
        return reading(model, () -> hasCurrent(model)) ? Optional.of(current(model)) : Optional.empty();
    }

    private static Path model(Path root, Optional<String> name) throws IOException {
        return root.resolve(ModelChoice.of(root.toString(), names(root), name));
    }

    private static List<String> names(Path root) throws IOException {
        try (Stream<Path> children = Files.list(root)) {
            return children.filter(child -> Files.isRegularFile(child.resolve(ArtifactFiles.CURRENT)))
                    .map(child -> child.getFileName().toString())
                    .filter(SafeName::isSafe)
                    .sorted()
                    .toList();
        }
    }

    private static boolean hasCurrent(Path directory) throws IOException {
        return Existence.isFile(directory.resolve(ArtifactFiles.CURRENT));
    }

    private static Path current(Path model) {
        return reading(model, () -> versionNamed(model));
    }

    private static Path versionNamed(Path model) throws IOException {
        Path file = model.resolve(ArtifactFiles.CURRENT);
        if (Files.size(file) > MAXIMUM_CURRENT_BYTES) {
            throw new InvalidArtifactException(file, "holds more than the name of a version");
        }
        String version = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip();
        if (!SafeName.isSafe(version)) {
            throw new InvalidArtifactException(file, "does not hold the name of a version");
        }
        Path directory = model.resolve(version);
        if (!Existence.isDirectory(directory)) {
            throw new InvalidArtifactException(file, "names the version %s, which is not there".formatted(version));
        }
        if (!directory.toRealPath().startsWith(model.toRealPath())) {
            throw new InvalidArtifactException(directory, "leads out of its directory");
        }
        return directory;
    }

    /// @throws InvalidArtifactException if a version is of another model
    static void requireName(Path version, String wanted) {
        String name = ManifestFile.read(version).name();
        if (!name.equals(wanted)) {
            throw new InvalidArtifactException(version, "is the model '%s', not '%s'".formatted(name, wanted));
        }
    }

    private static <T> T reading(Path directory, Reading<T> reading) {
        try {
            return reading.read();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read %s: %s".formatted(directory, e.getMessage()), e);
        }
    }

    @FunctionalInterface
    private interface Reading<T> {
        T read() throws IOException;
    }
}
