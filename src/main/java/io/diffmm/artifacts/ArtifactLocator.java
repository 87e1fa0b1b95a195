package io.diffmm.artifacts;

import io.diffmm.artifacts.ArtifactNames.SafeName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Locator of models and of their published versions in directories.
public final class ArtifactLocator {

    /// Maximum size of `current`, far above that of a version name and a newline.
    static final int MAX_CURRENT_BYTES = 256;

    static final String TOO_LONG = "is longer than the name of a version";
    static final String NO_VERSION_NAME = "does not contain the name of a version";
    static final String MISSING_VERSION = "names the version %s, which does not exist";

    private ArtifactLocator() {}

    /// Returns the directory of a version.
    ///
    /// @param directory directory of the version, of a model, whose current version is returned, or of several
    /// models
    /// @param name name of the model; required if there are several
    /// @throws InvalidArtifactException if there is no such version or the model is ambiguous
    public static Path resolve(Path directory, Optional<String> name) {
        Path place = locate(directory, name);
        Path version = isVersion(place) ? place : current(place);
        name.ifPresent(required -> requireName(version, required));
        return version;
    }

    /// Returns the directory of a version or of a model. Does not read the current version.
    ///
    /// @param directory as for [#resolve]
    /// @throws InvalidArtifactException if there is none or the model is ambiguous
    static Path locate(Path directory, Optional<String> name) {
        return reading(directory, () -> {
            if (!FileOperations.isDirectory(directory)) {
                throw new InvalidArtifactException(
                        directory, "no such directory; name a directory with published models");
            }
            return isVersion(directory) || hasCurrent(directory) ? directory : model(directory, name);
        });
    }

    /// Returns whether a directory is that of a version, not of a model.
    static boolean isVersion(Path directory) {
        return reading(
                directory,
                () -> FileOperations.attributes(directory.resolve(ArtifactNames.MANIFEST))
                        .isPresent());
    }

    /// Returns the directory of a model's current version; empty if none was published yet.
    ///
    /// @param model directory of the model, which need not exist
    /// @throws InvalidArtifactException if the current version does not exist
    public static Optional<Path> currentIn(Path model) {
        return reading(model, () -> hasCurrent(model)) ? Optional.of(current(model)) : Optional.empty();
    }

    private static Path model(Path root, Optional<String> name) throws IOException {
        return root.resolve(choose(root.toString(), names(root), name));
    }

    private static List<String> names(Path root) throws IOException {
        try (Stream<Path> children = Files.list(root)) {
            return children.filter(child -> Files.isRegularFile(child.resolve(ArtifactNames.CURRENT)))
                    .map(child -> child.getFileName().toString())
                    .filter(SafeName::isSafe)
                    .sorted()
                    .toList();
        }
    }

    private static boolean hasCurrent(Path directory) throws IOException {
        return FileOperations.isFile(directory.resolve(ArtifactNames.CURRENT));
    }

    private static Path current(Path model) {
        return reading(model, () -> versionNamed(model));
    }

    private static Path versionNamed(Path model) throws IOException {
        Path file = model.resolve(ArtifactNames.CURRENT);
        if (Files.size(file) > MAX_CURRENT_BYTES) {
            throw new InvalidArtifactException(file, TOO_LONG);
        }
        String version = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip();
        if (!SafeName.isSafe(version)) {
            throw new InvalidArtifactException(file, NO_VERSION_NAME);
        }
        Path directory = model.resolve(version);
        if (!FileOperations.isDirectory(directory)) {
            throw new InvalidArtifactException(file, MISSING_VERSION.formatted(version));
        }
        if (!directory.toRealPath().startsWith(model.toRealPath())) {
            throw new InvalidArtifactException(directory, "links to a place outside its directory");
        }
        return directory;
    }

    /// Requires the model name of a version.
    ///
    /// @throws InvalidArtifactException if the version is of another model
    static void requireName(Path version, String required) {
        String name = Manifest.read(version).name();
        if (!name.equals(required)) {
            throw new InvalidArtifactException(version, "is the model '%s', not '%s'".formatted(name, required));
        }
    }

    /// Chooses a model by name, or the only one.
    ///
    /// @param place path or URL of the models, for messages
    /// @throws InvalidArtifactException if there is none or the model is ambiguous
    static String choose(String place, List<String> names, Optional<String> name) {
        if (names.isEmpty()) {
            throw new InvalidArtifactException(
                    place, "contains no published model; train one into it or name another place");
        }
        if (name.isEmpty() && names.size() > 1) {
            throw new InvalidArtifactException(
                    place, "contains the models %s; name the one to use".formatted(String.join(", ", names)));
        }
        String chosen = name.orElse(names.getFirst());
        if (!names.contains(chosen)) {
            throw new InvalidArtifactException(
                    place, "contains no model '%s', only %s".formatted(chosen, String.join(", ", names)));
        }
        return chosen;
    }

    private static <T> T reading(Path directory, Reading<T> reading) {
        try {
            return reading.read();
        } catch (IOException e) {
            throw FileOperations.unreadable(directory, e);
        }
    }

    @FunctionalInterface
    private interface Reading<T> {
        T read() throws IOException;
    }
}
