package io.diffmm.deployment;

import io.diffmm.artifacts.InvalidArtifactException;
import io.diffmm.deployment.RepositorySnapshot.Candidate;
import io.diffmm.deployment.ServedVersions.LoadedVersion;
import io.diffmm.deployment.VersionState.Refusal;
import io.diffmm.runtime.LoadPriority;
import io.diffmm.runtime.ModelRuntime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Loader of versions; records the versions that it rejected. Loads one version at a time.
final class VersionLoader {

    private final VersionOpener opener;
    private final RejectedVersions rejected;

    VersionLoader(VersionOpener opener, InstantSource clock) {
        this.opener = opener;
        this.rejected = new RejectedVersions(clock);
    }

    /// Opens versions and checks that they are fit to serve.
    @FunctionalInterface
    interface VersionOpener {

        /// Opens a version.
        ///
        /// @param directory directory of the version
        /// @throws InvalidArtifactException if it is not fit to serve
        /// @throws RuntimeException if it cannot be opened now
        ModelRuntime open(Path directory, LoadPriority priority);
    }

    RejectedVersions rejected() {
        return rejected;
    }

    /// Loads a version, or fails.
    ///
    /// @throws InvalidArtifactException if it is not fit to serve
    /// @throws RuntimeException if it cannot be opened now
    LoadedVersion load(Candidate candidate, LoadPriority priority) {
        var loaded = new LoadedVersion(opener.open(candidate.directory(), priority));
        if (!loaded.version().equals(candidate.version())) {
            loaded.runtime().close();
            throw new InvalidArtifactException(
                    candidate.directory(), "its manifest names the version %s".formatted(loaded.version()));
        }
        return loaded;
    }

    /// Loads a version, or records its rejection and returns empty.
    ///
    /// @param onRejection receives the reason of a rejection
    /// @throws java.io.UncheckedIOException if it cannot be fetched now, which is no reason to reject it
    Optional<LoadedVersion> tryLoad(Candidate candidate, LoadPriority priority, Consumer<Throwable> onRejection) {
        try {
            candidate.directory();
        } catch (InvalidArtifactException e) {
            return reject(candidate, e, onRejection);
        }
        try {
            return Optional.of(load(candidate, priority));
        } catch (RuntimeException | Error e) {
            return reject(candidate, e, onRejection);
        }
    }

    private Optional<LoadedVersion> reject(Candidate candidate, Throwable reason, Consumer<Throwable> onRejection) {
        rejected.add(candidate, reason);
        onRejection.accept(reason);
        return Optional.empty();
    }

    /// Thread-safe record of rejected versions.
    ///
    /// A version that is not fit is not tried again until its files change. A version that could not be opened for
    /// another reason is tried again after a pause that doubles each time.
    static final class RejectedVersions {

        private static final Duration MIN_PAUSE = Duration.ofSeconds(30);
        private static final Duration MAX_PAUSE = Duration.ofMinutes(30);

        private final Map<String, Rejection> versions = new ConcurrentHashMap<>();
        private final InstantSource clock;

        RejectedVersions(InstantSource clock) {
            this.clock = clock;
        }

        /// @param pause time until the version is tried again; empty for never
        private record Rejection(String fingerprint, Refusal refusal, Optional<Duration> pause) {

            boolean isOver(Instant now) {
                return pause.isPresent() && !now.isBefore(refusal.at().plus(pause.get()));
            }
        }

        void add(Candidate candidate, Throwable reason) {
            Optional<Duration> pause =
                    reason instanceof InvalidArtifactException ? Optional.empty() : Optional.of(nextPause(candidate));
            var refusal = new Refusal(String.valueOf(reason.getMessage()), clock.instant());
            versions.put(candidate.version(), new Rejection(candidate.fingerprint(), refusal, pause));
        }

        private Duration nextPause(Candidate candidate) {
            Duration pause = Optional.ofNullable(versions.get(candidate.version()))
                    .filter(before -> before.fingerprint().equals(candidate.fingerprint()))
                    .flatMap(Rejection::pause)
                    .map(before -> before.multipliedBy(2))
                    .orElse(MIN_PAUSE);
            return pause.compareTo(MAX_PAUSE) < 0 ? pause : MAX_PAUSE;
        }

        /// Returns whether the version with exactly these files was rejected and is not due for another attempt.
        boolean contains(Candidate candidate) {
            Rejection rejection = versions.get(candidate.version());
            return rejection != null
                    && rejection.fingerprint().equals(candidate.fingerprint())
                    && !rejection.isOver(clock.instant());
        }

        Optional<Refusal> of(String version) {
            return Optional.ofNullable(versions.get(version)).map(Rejection::refusal);
        }

        Set<String> names() {
            return Set.copyOf(versions.keySet());
        }

        void forEach(BiConsumer<String, Refusal> action) {
            versions.forEach((version, rejection) -> action.accept(version, rejection.refusal()));
        }

        void remove(String version) {
            versions.remove(version);
        }
    }
}
