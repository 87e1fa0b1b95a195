package io.diffmm.artifacts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The directory of a model, with its versions and the name of the current one.
final class ModelDirectory implements ArtifactRepository {

    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(5);

    private final Path directory;

    ModelDirectory(Path directory) {
        this.directory = directory;
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
        if (!SafeName.isSafe(version) || !Files.isDirectory(directory.resolve(version))) {
            throw new InvalidArtifactException(directory, "holds no version %s".formatted(version));
        }
        return directory.resolve(version);
    }

    @Override
    public String stamp(String version) {
        boolean isThere = SafeName.isSafe(version) && Files.isDirectory(directory.resolve(version));
        return isThere ? DirectoryStamp.of(directory.resolve(version)) : "";
    }

    @Override
    public List<String> prune(int most, Set<String> kept) {
        try (var _ = PublisherLock.acquire(directory.resolve(".lock"), LOCK_TIMEOUT)) {
            Set<String> needed = new HashSet<>(kept);
            needed.add(current());
            List<String> removed = OldVersions.beyond(most, versions(), needed);
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
