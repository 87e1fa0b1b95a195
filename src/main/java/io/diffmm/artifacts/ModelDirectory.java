package io.diffmm.artifacts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The directory of a model, with its versions and the name of the current one.
final class ModelDirectory implements ArtifactRepository {

    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(5);

    private final Path directory;

    private final Optional<String> name;

    /// @param name that its versions must be of
    ModelDirectory(Path directory, Optional<String> name) {
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
            return children.filter(child -> Files.isRegularFile(child.resolve(ArtifactFiles.MANIFEST)))
                    .map(child -> child.getFileName().toString())
                    .filter(SafeName::isSafe)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read %s: %s".formatted(directory, e.getMessage()), e);
        }
    }

    @Override
    public Path fetch(String version) {
        Path found = find(version)
                .orElseThrow(() -> new InvalidArtifactException(directory, "holds no version %s".formatted(version)));
        name.ifPresent(wanted -> ArtifactLocator.requireName(found, wanted));
        return found;
    }

    @Override
    public String stamp(String version) {
        return find(version).map(DirectoryStamp::of).orElse("");
    }

    private Optional<Path> find(String version) {
        if (!SafeName.isSafe(version)) {
            return Optional.empty();
        }
        Path found = directory.resolve(version);
        try {
            return Existence.isDirectory(found) ? Optional.of(found) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read %s: %s".formatted(found, e.getMessage()), e);
        }
    }

    @Override
    public List<String> prune(int most, Set<String> kept) {
        try (var _ = PublisherLock.acquire(directory.resolve(".lock"), LOCK_TIMEOUT)) {
            List<String> removed = OldVersions.beyond(most, versions(), current(), kept);
            for (String version : removed) {
                remove(version);
            }
            return removed;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prune %s: %s".formatted(directory, e.getMessage()), e);
        }
    }

    /// First out of sight, so that nobody finds half of it; a publisher removes it if that ends here.
    private void remove(String version) throws IOException {
        Path hidden = directory.resolve(ArtifactStore.STAGING + "removed-" + version);
        DurableFiles.move(directory.resolve(version), hidden);
        DurableFiles.deleteTree(hidden);
    }
}
