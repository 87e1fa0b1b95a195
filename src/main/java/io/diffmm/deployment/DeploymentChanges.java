package io.diffmm.deployment;

import io.diffmm.artifacts.ArtifactRepository;
import io.diffmm.artifacts.InvalidArtifactException;
import io.diffmm.deployment.RepositorySnapshot.Candidate;
import io.diffmm.deployment.ServedVersions.LoadedVersion;
import io.diffmm.deployment.VersionChangeException.ChangeUnfinishedException;
import io.diffmm.deployment.VersionChangeException.VersionRefusedException;
import io.diffmm.deployment.VersionLoader.RejectedVersions;
import io.diffmm.deployment.VersionLoader.VersionOpener;
import io.diffmm.deployment.VersionState.Refusal;
import io.diffmm.runtime.LoadPriority;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Changes of the served versions, and retention of versions after them.
///
/// Methods that change something are for the change thread of [DeploymentExecutor]; the others are for any thread.
final class DeploymentChanges {

    private static final Logger LOG = LoggerFactory.getLogger(DeploymentChanges.class);

    private static final Duration MAX_RETIREMENT = Duration.ofMinutes(1);

    private final ArtifactRepository repository;
    private final DeploymentSettings settings;
    private final DeploymentEvents events;
    private final DeploymentExecutor executor;
    private final VersionLoader loader;
    private final ServedVersions served;
    private volatile Optional<String> pinned;
    private volatile boolean refusing;

    /// Loads and serves the published or pinned version.
    ///
    /// @throws RuntimeException if it is not fit, since there is nothing else to serve
    DeploymentChanges(
            RepositorySnapshot snapshot,
            VersionOpener opener,
            DeploymentSettings settings,
            InstantSource clock,
            DeploymentEvents events,
            DeploymentExecutor executor) {
        this.repository = snapshot.repository();
        this.settings = settings;
        this.events = events;
        this.executor = executor;
        this.pinned = settings.pinned();
        this.loader = new VersionLoader(opener, clock);
        Candidate first = snapshot.candidate(target(snapshot));
        this.served = new ServedVersions(loader.load(first, LoadPriority.NORMAL), settings.canaryShare());
    }

    ServedVersions served() {
        return served;
    }

    RejectedVersions rejected() {
        return loader.rejected();
    }

    Optional<String> pinned() {
        return pinned;
    }

    boolean refusing() {
        return refusing;
    }

    /// Returns the version to serve: the pinned one, or else the published one.
    private String target(RepositorySnapshot snapshot) {
        return pinned.orElseGet(snapshot::published);
    }

    /// Copies the target version and the canary to this machine, unless they are served or rejected. For any thread.
    ///
    /// @throws InvalidArtifactException if there is no such version
    /// @throws UncheckedIOException if a version cannot be fetched now
    void fetchTargets(RepositorySnapshot snapshot) {
        Stream.concat(Stream.of(target(snapshot)), settings.canary().stream())
                .filter(version -> served.find(version).isEmpty())
                .map(snapshot::candidate)
                .filter(candidate -> !loader.rejected().contains(candidate))
                .forEach(Candidate::directory);
    }

    /// Serves the target version and the canary if they are fit, and reports failures to the listeners.
    void update(RepositorySnapshot snapshot, LoadPriority priority) {
        reportingFailures(() -> {
            String target = target(snapshot);
            if (!target.equals(served.currentName())) {
                take(snapshot.candidate(target), priority).ifPresent(next -> replaceCurrent(next, snapshot));
            }
            updateCanary(snapshot, priority);
            String atNextStart = settings.pinned().orElseGet(snapshot::published);
            refusing = loader.rejected().of(atNextStart).isPresent();
        });
    }

    private void updateCanary(RepositorySnapshot snapshot, LoadPriority priority) {
        Optional<String> target = settings.canary().filter(version -> !version.equals(served.currentName()));
        if (target.equals(served.canary())) {
            return;
        }
        Optional<LoadedVersion> next = target.flatMap(version -> take(snapshot.candidate(version), priority));
        if (next.isPresent() || served.canary().isPresent()) {
            serve(served.currentVersion(), next);
        }
    }

    private void reportingFailures(Runnable update) {
        try {
            update.run();
            events.recovered();
        } catch (InvalidArtifactException e) {
            refusing = true;
            events.invalid(String.valueOf(e.getMessage()));
        } catch (VersionRefusedException | UncheckedIOException e) {
            events.unavailable(String.valueOf(e.getMessage()));
        }
    }

    /// Returns the loaded candidate; empty if its present files were rejected before, or are now.
    ///
    /// @throws UncheckedIOException if it cannot be fetched now, which is no reason to reject it
    private Optional<LoadedVersion> take(Candidate candidate, LoadPriority priority) {
        if (loader.rejected().contains(candidate)) {
            return Optional.empty();
        }
        Optional<LoadedVersion> taken = served.find(candidate.version()).or(() -> {
            requireRetired();
            return loader.tryLoad(candidate, priority, reason -> onRejection(candidate.version(), reason));
        });
        taken.ifPresent(_ -> loader.rejected().remove(candidate.version()));
        return taken;
    }

    private void onRejection(String version, Throwable reason) {
        if (!executor.isClosing()) {
            events.refused(version, reason);
            removeCopies();
        }
    }

    /// @throws VersionRefusedException if a replaced version does not close in time
    private void requireRetired() {
        try {
            if (!served.awaitRetired(MAX_RETIREMENT)) {
                throw new VersionRefusedException(
                        served.currentName(),
                        "requests still use the version before it; it must close before another loads");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new ChangeUnfinishedException("the server is shutting down");
        }
    }

    private void replaceCurrent(LoadedVersion next, RepositorySnapshot snapshot) {
        Optional<LoadedVersion> canary = settings.canary()
                .filter(version -> !version.equals(next.version()))
                .flatMap(served::find);
        serve(next, canary);
        removeCopies();
        prune(snapshot);
    }

    private void serve(LoadedVersion current, Optional<LoadedVersion> canary) {
        served.change(current, canary);
        events.serving(served.serving());
    }

    /// Pins a version and serves it.
    ///
    /// @throws VersionRefusedException if it does not exist or is not fit; nothing has changed
    /// @throws UncheckedIOException if it cannot be fetched now; nothing has changed
    void pin(String version, RepositorySnapshot snapshot) {
        if (!snapshot.versions().contains(version)) {
            throw new VersionRefusedException(version, "there is no such version");
        }
        loader.rejected().remove(version);
        switchTo(version, snapshot);
        pinned = Optional.of(version);
        reportingFailures(() -> updateCanary(snapshot, LoadPriority.NORMAL));
    }

    /// Returns the version to pin for a rollback: the latest current one before, or the next older one.
    ///
    /// @throws VersionRefusedException if there is none
    String previous(RepositorySnapshot snapshot) {
        String current = served.currentName();
        List<String> versions = snapshot.versions();
        Stream<String> older = versions.reversed().stream().filter(version -> version.compareTo(current) < 0);
        return Stream.concat(served.recentCurrent().stream(), older)
                .filter(version -> !version.equals(current) && versions.contains(version))
                .findFirst()
                .orElseThrow(() -> new VersionRefusedException(current, "there is no version before it"));
    }

    /// Serves the published version and unpins.
    ///
    /// @throws VersionRefusedException if it does not exist or is not fit; nothing has changed
    /// @throws UncheckedIOException if it cannot be fetched now; nothing has changed
    void follow(RepositorySnapshot snapshot) {
        switchTo(snapshot.requirePublished(), snapshot);
        pinned = Optional.empty();
        update(snapshot, LoadPriority.NORMAL);
    }

    /// Loads the target version and the canary even if they were rejected before.
    ///
    /// @throws VersionRefusedException if the target version does not exist or is still not fit
    /// @throws UncheckedIOException if it cannot be fetched now
    void reload(RepositorySnapshot snapshot) {
        String target = pinned.orElseGet(snapshot::requirePublished);
        loader.rejected().remove(target);
        settings.canary().ifPresent(loader.rejected()::remove);
        switchTo(target, snapshot);
        update(snapshot, LoadPriority.NORMAL);
    }

    private void switchTo(String version, RepositorySnapshot snapshot) {
        if (!version.equals(served.currentName())) {
            LoadedVersion next = take(snapshot.candidate(version), LoadPriority.NORMAL)
                    .orElseThrow(() -> new VersionRefusedException(version, refusalOf(version)));
            replaceCurrent(next, snapshot);
        }
    }

    private String refusalOf(String version) {
        return loader.rejected().of(version).map(Refusal::reason).orElse("it was refused");
    }

    /// Removes local copies of versions that are neither configured nor in use.
    void removeCopies() {
        try {
            repository.retain(needed());
        } catch (UncheckedIOException e) {
            LOG.warn("Local copies of old versions stay: {}", e.getMessage());
        }
    }

    /// Removes the oldest versions from the repository until the configured number is left.
    ///
    /// Does nothing unless the published version is served: after a rollback an operator may want a newer one
    /// again.
    private void prune(RepositorySnapshot snapshot) {
        if (settings.kept() == 0) {
            return;
        }
        try {
            if (served.currentName().equals(snapshot.published())) {
                List<String> removed = repository.prune(settings.kept(), needed());
                removed.forEach(version -> LOG.info("Removed version {}", version));
            }
        } catch (InvalidArtifactException | UncheckedIOException | IllegalStateException e) {
            LOG.warn("Old versions could not be removed: {}", e.getMessage());
        }
    }

    private Set<String> needed() {
        Set<String> needed = new HashSet<>(served.names());
        pinned.ifPresent(needed::add);
        settings.canary().ifPresent(needed::add);
        return needed;
    }
}
