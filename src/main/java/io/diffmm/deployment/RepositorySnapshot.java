package io.diffmm.deployment;

import io.diffmm.artifacts.ArtifactRepository;
import io.diffmm.artifacts.InvalidArtifactException;
import io.diffmm.deployment.VersionChangeException.VersionRefusedException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Snapshot of a repository for one poll, or for one request of an operator.
///
/// Everything is read at first access and at most once, so that all steps of a change, from fetch to retention, agree
/// on the published version. A failed read fails every access alike. For one thread at a time.
final class RepositorySnapshot {

    private final ArtifactRepository repository;
    private final ReadOnce<String> published;
    private final ReadOnce<List<String>> versions;
    private final Map<String, Candidate> candidates = new HashMap<>();

    RepositorySnapshot(ArtifactRepository repository) {
        this.repository = repository;
        this.published = new ReadOnce<>(repository::current);
        this.versions = new ReadOnce<>(repository::versions);
    }

    ArtifactRepository repository() {
        return repository;
    }

    /// Returns the name of the published version.
    ///
    /// @throws InvalidArtifactException if the repository does not name an existing version
    /// @throws UncheckedIOException if the repository cannot be read
    String published() {
        return published.get();
    }

    /// Returns the name of the published version, for an operator.
    ///
    /// @throws VersionRefusedException if the repository does not name an existing version
    String requirePublished() {
        return refusingInvalid(this::published);
    }

    /// Returns the name of the published version; empty if the repository does not name an existing version, so that
    /// operators can list the versions and repair it.
    Optional<String> findPublished() {
        try {
            return Optional.of(published());
        } catch (InvalidArtifactException _) {
            return Optional.empty();
        }
    }

    /// Returns the names of the versions in the repository, the oldest first.
    ///
    /// @throws VersionRefusedException if the repository is invalid
    List<String> versions() {
        return refusingInvalid(versions::get);
    }

    /// Returns a version as a candidate for serving. Reads nothing.
    Candidate candidate(String version) {
        return candidates.computeIfAbsent(version, name -> new Candidate(repository, name));
    }

    private static <T> T refusingInvalid(Supplier<T> read) {
        try {
            return read.get();
        } catch (InvalidArtifactException e) {
            throw new VersionRefusedException(String.valueOf(e.getMessage()));
        }
    }

    /// Version that a deployment may load: its name, the fingerprint of its files and its local directory.
    static final class Candidate {

        private final String version;
        private final ReadOnce<String> fingerprint;
        private final ReadOnce<Path> directory;

        private Candidate(ArtifactRepository repository, String version) {
            this.version = version;
            this.fingerprint = new ReadOnce<>(() -> repository.fingerprint(version));
            this.directory = new ReadOnce<>(() -> repository.fetch(version));
        }

        String version() {
            return version;
        }

        /// Returns the fingerprint of the version's files; empty if there is no such version.
        ///
        /// @throws UncheckedIOException if the repository cannot be read
        String fingerprint() {
            return fingerprint.get();
        }

        /// Returns the directory of the version on this machine, and copies it there at the first call.
        ///
        /// The fingerprint is read before: if the files change in between, a refusal is recorded with the old
        /// fingerprint, and the next poll tries the new files.
        ///
        /// @throws InvalidArtifactException if there is no such version
        /// @throws UncheckedIOException if the version cannot be fetched now
        Path directory() {
            fingerprint.get();
            return directory.get();
        }
    }

    /// Value that is read at first access.
    private static final class ReadOnce<T> {

        private final Supplier<T> read;
        private @Nullable T value;
        private @Nullable RuntimeException failure;

        ReadOnce(Supplier<T> read) {
            this.read = read;
        }

        T get() {
            if (value == null && failure == null) {
                try {
                    value = read.get();
                } catch (InvalidArtifactException | UncheckedIOException e) {
                    failure = e;
                }
            }
            if (failure != null) {
                throw failure;
            }
            return Objects.requireNonNull(value);
        }
    }
}
