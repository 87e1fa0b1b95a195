package io.diffmm.deployment;

import io.diffmm.artifacts.ArtifactRepository;
import io.diffmm.artifacts.InvalidArtifactException;
import io.diffmm.deployment.DeploymentEvents.DeploymentListener;
import io.diffmm.deployment.DeploymentEvents.DeploymentLog;
import io.diffmm.deployment.DeploymentSettings.ModelSource;
import io.diffmm.deployment.VersionLoader.VersionOpener;
import io.diffmm.runtime.LoadPriority;
import io.diffmm.runtime.ModelRuntime;
import io.diffmm.runtime.ModelRuntime.RuntimeSettings;
import io.diffmm.runtime.RuntimeListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Deployment of the published version of a model, or of a pinned one.
///
/// A new version is loaded while the old one serves, and replaces it in one step; the old one closes after
/// its last lease. A version that is not fit changes nothing and is not tried again until its files change.
/// One thread makes all changes; it loads one version at a time, and only after replaced ones have closed.
/// Polls load with a low priority, requests of an operator with the usual one.
public final class ModelDeployment implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ModelDeployment.class);

    private final ArtifactRepository repository;
    private final DeploymentExecutor executor = new DeploymentExecutor();
    private final DeploymentEvents events = new DeploymentEvents();
    private final DeploymentChanges changes;
    private final ServedVersions served;
    private final AtomicInteger finishedChanges = new AtomicInteger();

    private ModelDeployment(
            ArtifactRepository repository, VersionOpener opener, DeploymentSettings settings, InstantSource clock) {
        this.repository = repository;
        var snapshot = new RepositorySnapshot(repository);
        this.changes = new DeploymentChanges(snapshot, opener, settings, clock, events, executor);
        this.served = changes.served();
        executor.make(() -> {
            changes.update(snapshot, LoadPriority.NORMAL);
            changes.removeCopies();
            return true;
        });
    }

    /// Loads the published or pinned version from `source`, serves it, and logs every change of the served
    /// versions.
    ///
    /// @throws InvalidArtifactException or another exception if it is not fit, since there is nothing else
    ///     to serve
    public static ModelDeployment open(
            ModelSource source, DeploymentSettings settings, RuntimeSettings inference, RuntimeListener listener) {
        VersionOpener opener = (directory, priority) -> ModelRuntime.open(directory, inference, listener, priority);
        ModelDeployment deployment = open(source.repository(), opener, settings, InstantSource.system());
        deployment.listen(new DeploymentLog());
        return deployment;
    }

    /// Loads the published or pinned version, and the canary, and serves them.
    ///
    /// @throws RuntimeException if the version is not fit, since there is nothing else to serve
    static ModelDeployment open(
            ArtifactRepository repository, VersionOpener opener, DeploymentSettings settings, InstantSource clock) {
        return new ModelDeployment(repository, opener, settings, clock);
    }

    /// Adds a listener and notifies it of the present state.
    public void listen(DeploymentListener listener) {
        executor.make(() -> {
            events.add(listener, served.serving(), changes.rejected());
            return true;
        });
    }

    /// Starts to poll for new versions.
    ///
    /// @param interval time between polls; zero disables them
    public void watch(Duration interval) {
        executor.poll(this::check, interval);
    }

    /// Returns the served versions.
    public ServedModels served() {
        return served;
    }

    /// Returns whether the current version answers requests.
    public boolean ready() {
        return served.ready();
    }

    /// Returns whether the published version, or the one pinned by the settings, was refused. Another start
    /// of this server would fail then, whatever it serves now.
    public boolean refusing() {
        return changes.refusing();
    }

    /// Returns the number of queued requests.
    public int waiting() {
        return served.waiting();
    }

    /// Polls for a new version and serves it if it is fit. Listeners receive failures.
    ///
    /// Reads the published version once. Copies versions to this machine before the change, so that other
    /// changes do not wait for the download. A change that finishes meanwhile makes the poll obsolete; the
    /// next poll reads anew.
    ///
    /// @throws ChangeUnfinishedException if loading does not finish in time; it continues in the background
    public void check() {
        int before = finishedChanges.get();
        var snapshot = new RepositorySnapshot(repository);
        Optional<UncheckedIOException> failure = fetchTargets(snapshot);
        executor.make(() -> {
            if (finishedChanges.get() != before) {
                return false;
            }
            failure.ifPresentOrElse(
                    e -> events.unavailable(String.valueOf(e.getMessage())),
                    () -> changes.update(snapshot, LoadPriority.BACKGROUND));
            finishedChanges.incrementAndGet();
            return true;
        });
    }

    private Optional<UncheckedIOException> fetchTargets(RepositorySnapshot snapshot) {
        try {
            changes.fetchTargets(snapshot);
            return Optional.empty();
        } catch (InvalidArtifactException _) {
            return Optional.empty(); // the update finds and reports the same
        } catch (UncheckedIOException e) {
            return Optional.of(e);
        }
    }

    /// Makes a change for an operator.
    private <T> T change(Function<RepositorySnapshot, T> change) {
        return executor.make(() -> {
            try {
                return change.apply(new RepositorySnapshot(repository));
            } finally {
                finishedChanges.incrementAndGet();
            }
        });
    }

    /// Serves a version regardless of the published one.
    ///
    /// @throws VersionRefusedException if the version does not exist or is not fit; nothing has changed
    /// @throws UncheckedIOException if it cannot be fetched now; nothing has changed
    /// @throws ChangeUnfinishedException if it takes too long; it continues in the background
    public void pin(String version) {
        change(snapshot -> {
            changes.pin(version, snapshot);
            return version;
        });
    }

    /// Pins the previous current version, or the next older one if this server has served no other. A
    /// second rollback returns to the version served before the first.
    ///
    /// @return the name of the version
    /// @throws VersionRefusedException if there is none, or it is not fit; nothing has changed
    /// @throws UncheckedIOException if it cannot be fetched now; nothing has changed
    /// @throws ChangeUnfinishedException if it takes too long; it continues in the background
    public String rollBack() {
        return change(snapshot -> {
            String previous = changes.previous(snapshot);
            changes.pin(previous, snapshot);
            return previous;
        });
    }

    /// Serves the published version again, and unpins.
    ///
    /// @throws VersionRefusedException if it does not exist or is not fit; nothing has changed
    /// @throws UncheckedIOException if it cannot be fetched now; nothing has changed
    /// @throws ChangeUnfinishedException if it takes too long; it continues in the background
    public void follow() {
        change(snapshot -> {
            changes.follow(snapshot);
            return true;
        });
    }

    /// Loads the published or pinned version, and the canary, even if they were refused before.
    ///
    /// @throws VersionRefusedException if the version does not exist or is still not fit
    /// @throws UncheckedIOException if it cannot be fetched now
    /// @throws ChangeUnfinishedException if it takes too long; it continues in the background
    public void reload() {
        change(snapshot -> {
            changes.reload(snapshot);
            return true;
        });
    }

    /// Returns the states of all versions, the newest first.
    ///
    /// @throws VersionRefusedException if the repository is invalid
    /// @throws UncheckedIOException if the repository cannot be read now
    public List<VersionState> versions() {
        var snapshot = new RepositorySnapshot(repository);
        return VersionState.list(snapshot, served, changes.rejected(), changes.pinned());
    }

    /// Stops computing and frees everything. Waiting requests fail.
    @Override
    public void close() {
        executor.close();
        served.close();
        try {
            repository.close();
        } catch (IOException e) {
            LOG.warn("The repository could not be closed", e);
        }
    }
}
