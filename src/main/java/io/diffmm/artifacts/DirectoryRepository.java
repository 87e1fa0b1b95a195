package io.diffmm.artifacts;

import io.diffmm.artifacts.ArtifactNames.SafeName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Repository in a model's directory, with its versions and the file `current`.
final class DirectoryRepository implements ArtifactRepository {

    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(5);

    private final Path directory;
    private final Optional<String> name;

    /// @param name required model name of the versions
    DirectoryRepository(Path directory, Optional<String> name) {
        this.directory = directory;
        this.name = name;
    }

    @Override
    public String current() {
        return ArtifactLocator.currentIn(directory)
                .map(version -> version.getFileName().toString())
                .orElseThrow(() -> new InvalidArtifactException(directory, "names no current version"));
    }

    @Override
    public List<String> versions() {
        try (Stream<Path> children = Files.list(directory)) {
            return children.filter(child -> Files.isRegularFile(child.resolve(ArtifactNames.MANIFEST)))
                    .map(child -> child.getFileName().toString())
                    .filter(SafeName::isSafe)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw FileOperations.unreadable(directory, e);
        }
    }

    @Override
    public Path fetch(String version) {
        Path found = find(version)
                .orElseThrow(() -> new InvalidArtifactException(directory, "has no version %s".formatted(version)));
        name.ifPresent(required -> ArtifactLocator.requireName(found, required));
        return found;
    }

    @Override
    public String fingerprint(String version) {
        return find(version).map(FileOperations::fingerprint).orElse("");
    }

    private Optional<Path> find(String version) {
        if (!SafeName.isSafe(version)) {
            return Optional.empty();
        }
        Path found = directory.resolve(version);
        try {
            return FileOperations.isDirectory(found) ? Optional.of(found) : Optional.empty();
        } catch (IOException e) {
            throw FileOperations.unreadable(found, e);
        }
    }

    @Override
    public List<String> prune(int max, Set<String> kept) {
        try (var _ = PublisherLock.acquire(directory.resolve(ArtifactNames.LOCK), LOCK_TIMEOUT)) {
            List<String> removed = prunable(max, kept);
            for (String version : removed) {
                remove(version);
            }
            return removed;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prune %s: %s".formatted(directory, e.getMessage()), e);
        }
    }

    /// Hides the version first, so that no reader finds half of it; after a crash the next publisher deletes the rest.
    private void remove(String version) throws IOException {
        Path hidden = directory.resolve(ArtifactNames.STAGING + "removed-" + version);
        FileOperations.move(directory.resolve(version), hidden);
        FileOperations.deleteTree(hidden);
    }

    /// Repository with one version, whose directory the caller named; it is never removed.
    static final class SingleVersion implements ArtifactRepository {

        private final Path directory;
        private final Optional<String> name;

        /// @param name required model name of the version
        SingleVersion(Path directory, Optional<String> name) {
            this.directory = directory;
            this.name = name;
        }

        @Override
        public String current() {
            return Manifest.read(directory).version();
        }

        @Override
        public List<String> versions() {
            return List.of(current());
        }

        @Override
        public Path fetch(String version) {
            if (!version.equals(current())) {
                throw new InvalidArtifactException(directory, "is not the version %s".formatted(version));
            }
            name.ifPresent(required -> ArtifactLocator.requireName(directory, required));
            return directory;
        }

        @Override
        public String fingerprint(String version) {
            return version.equals(current()) ? FileOperations.fingerprint(directory) : "";
        }

        @Override
        public List<String> prune(int max, Set<String> kept) {
            return List.of();
        }
    }
}
