package io.diffmm.artifacts;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A version that somebody pointed at: there is no other, and it is not removed.
final class SingleVersion implements ArtifactRepository {

    private final Path directory;

    private final Optional<String> name;

    /// @param name that the model must have
    SingleVersion(Path directory, Optional<String> name) {
        this.directory = directory;
        this.name = name;
    }

    @Override
    public String current() {
        return ManifestFile.read(directory).version();
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
        name.ifPresent(wanted -> ArtifactLocator.requireName(directory, wanted));
        return directory;
    }

    @Override
    public String stamp(String version) {
        return version.equals(current()) ? DirectoryStamp.of(directory) : "";
    }

    @Override
    public List<String> prune(int most, Set<String> kept) {
        return List.of();
    }
}
