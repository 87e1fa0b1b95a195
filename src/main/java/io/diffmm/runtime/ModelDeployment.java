package io.diffmm.runtime;

import io.diffmm.artifacts.ArtifactRepository;
import io.diffmm.artifacts.InvalidArtifactException;
import io.diffmm.runtime.VersionState.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Serves what a repository says is current, or what is pinned.
///
/// Another version is opened beside the one that is served, and takes its place in one step; whoever computes with the
/// old one ends with it, and then it is closed. A version that is not fit changes nothing, and is not tried again until
/// its files are others. One version at a time is opened, on a thread that makes all changes, and only when those that
/// were replaced have been closed. What is found by looking is loaded with a low priority; what somebody asks for is
/// not.
public final class ModelDeployment implements Models, AutoCloseable {

    private static final System.Logger LOG = System.getLogger(ModelDeployment.class.getName());

    private static final int CLOSING_SECONDS = 60;

    private final ArtifactRepository repository;
    private final VersionOpener opener;
    private final DeploymentSettings settings;
    private final ServedVersions served;
    private final Housekeeping housekeeping;
    private final VersionList list;
    private final ServingHistory history = new ServingHistory();
    private final ChangeThread changes = new ChangeThread();
    private final DeploymentNews news = new DeploymentNews();
    private final Refusals refusals;
    private volatile Optional<String> pinned;
    private volatile boolean refusing;
    private volatile boolean closing;

    private ModelDeployment(
            ArtifactRepository repository, VersionOpener opener, DeploymentSettings settings, InstantSource clock) {
        this.repository = repository;
        this.opener = opener;
        this.settings = settings;
        this.refusals = new Refusals(clock);
        this.list = new VersionList(repository, refusals);
        this.pinned = settings.pinned();
        String first = wanted();
        this.served =
                new ServedVersions(opened(first, repository.fetch(first), Loading.AT_ONCE), settings.canaryShare());
        this.housekeeping = new Housekeeping(repository, served, settings);
        history.serves(served.names());
    }

    /// Opens what is current at its source, or pinned, and serves it.
    ///
    /// @throws InvalidArtifactException or another exception if it is not fit: there is nothing to serve then
    public static ModelDeployment open(
            ModelSource source, DeploymentSettings settings, RuntimeSettings computing, RuntimeListener listener) {
        return open(
                source.repository(),
                (version, loading) -> ModelRuntime.open(version, computing, listener, loading),
                settings,
                InstantSource.system());
    }

    /// Opens what is current, or pinned, and serves it.
    ///
    /// @throws RuntimeException if it is not fit: there is nothing to serve then
    public static ModelDeployment open(
            ArtifactRepository repository, VersionOpener opener, DeploymentSettings settings, InstantSource clock) {
        var deployment = new ModelDeployment(repository, opener, settings, clock);
        deployment.changes.make(() -> deployment.look(Loading.AT_ONCE));
        deployment.changes.make(() -> deployment.housekeeping.tidy(deployment.pinned));
        return deployment;
    }

    /// Tells somebody of every change, and of how things stand now.
    public void listen(DeploymentListener listener) {
        changes.make(() -> news.add(listener, serving(), refusals));
    }

    @Override
    public ModelLease current() {
        return served.lease();
    }

    @Override
    public ModelLease forUser(String userId) {
        return served.leaseFor(userId);
    }

    @Override
    public Optional<ModelLease> version(String version) {
        return served.leaseOf(version);
    }

    @Override
    public boolean served(String version) {
        return history.holds(version);
    }

    @Override
    public List<ServedVersion> serving() {
        return served.list();
    }

    /// Whether the version that is for everybody answers.
    public boolean ready() {
        return served.ready();
    }

    /// Whether the version that is published, or pinned by the settings, was not fit, or could not be opened: another
    /// start of this server would fail, whatever it serves now.
    public boolean refusing() {
        return refusing;
    }

    /// How many requests wait for a computing thread.
    public int waiting() {
        return served.waiting();
    }

    /// Looks for another version, and takes it if it is fit. What goes wrong is told to the listeners.
    ///
    /// What has to be copied to this machine is copied before other changes have to wait for it.
    ///
    /// @throws ChangeUnfinishedException if it takes too long; it goes on
    public void check() {
        Optional<UncheckedIOException> away = fetchWanted();
        changes.make(() -> away.ifPresentOrElse(this::unavailable, () -> look(Loading.BESIDE_REQUESTS)));
    }

    private Optional<UncheckedIOException> fetchWanted() {
        try {
            Stream.concat(Stream.of(wanted()), settings.canary().stream())
                    .filter(version -> served.find(version).isEmpty())
                    .filter(version -> !refusals.has(version, repository.stamp(version)))
                    .forEach(repository::fetch);
        } catch (InvalidArtifactException _) {
            return Optional.empty(); // who looks meets it again
        } catch (UncheckedIOException e) {
            return Optional.of(e);
        }
        return Optional.empty();
    }

    private void look(Loading loading) {
        reporting(() -> {
            String wanted = wanted();
            if (!wanted.equals(served.current())) {
                take(wanted, loading).ifPresent(this::replace);
            }
            checkCanary(loading);
            refusing = refusals.of(settings.pinned().orElseGet(repository::current))
                    .isPresent();
        });
    }

    private String wanted() {
        return pinned.orElseGet(repository::current);
    }

    private void checkCanary(Loading loading) {
        Optional<String> wanted = settings.canary().filter(version -> !version.equals(served.current()));
        if (wanted.equals(served.canary())) {
            return;
        }
        Optional<LoadedVersion> next = wanted.flatMap(version -> take(version, loading));
        if (next.isPresent() || served.canary().isPresent()) {
            change(currentVersion(), next);
        }
    }

    private LoadedVersion currentVersion() {
        return served.find(served.current()).orElseThrow();
    }

    /// Looks at the repository. If that cannot be done, nothing changes.
    private void reporting(Runnable looking) {
        try {
            looking.run();
            news.noTrouble();
        } catch (InvalidArtifactException e) {
            refusing = true;
            news.invalid(String.valueOf(e.getMessage()));
        } catch (VersionRefusedException e) {
            news.unavailable(String.valueOf(e.getMessage()));
        } catch (UncheckedIOException e) {
            unavailable(e);
        }
    }

    private void unavailable(UncheckedIOException e) {
        news.unavailable(String.valueOf(e.getMessage()));
    }

    /// Takes a version, unless it has been refused as it is.
    ///
    /// @throws UncheckedIOException if it cannot be fetched now, which says nothing of the version
    private Optional<LoadedVersion> take(String version, Loading loading) {
        String stamp = repository.stamp(version);
        Optional<LoadedVersion> taken = refusals.has(version, stamp)
                ? Optional.empty()
                : served.find(version).or(() -> open(version, stamp, loading));
        taken.ifPresent(_ -> refusals.remove(version));
        return taken;
    }

    private Optional<LoadedVersion> open(String version, String stamp, Loading loading) {
        requireRetired();
        Path directory;
        try {
            directory = repository.fetch(version);
        } catch (InvalidArtifactException e) {
            return unfit(version, stamp, e);
        }
        try {
            return Optional.of(opened(version, directory, loading));
        } catch (InvalidArtifactException e) {
            return unfit(version, stamp, e);
        } catch (RuntimeException | Error e) {
            refusals.failed(version, stamp, String.valueOf(e.getMessage()));
            return refused(version, e);
        }
    }

    private Optional<LoadedVersion> unfit(String version, String stamp, InvalidArtifactException e) {
        refusals.unfit(version, stamp, String.valueOf(e.getMessage()));
        return refused(version, e);
    }

    private Optional<LoadedVersion> refused(String version, Throwable e) {
        if (!closing) {
            news.refused(version, e);
            housekeeping.tidy(pinned);
        }
        return Optional.empty();
    }

    private LoadedVersion opened(String version, Path directory, Loading loading) {
        var loaded = new LoadedVersion(opener.open(directory, loading));
        if (!loaded.version().equals(version)) {
            loaded.runtime().close();
            throw new InvalidArtifactException(
                    directory, "its manifest says that it is the version %s".formatted(loaded.version()));
        }
        return loaded;
    }

    /// @throws VersionRefusedException if it takes too long
    private void requireRetired() {
        try {
            if (!served.awaitRetired(CLOSING_SECONDS)) {
                throw new VersionRefusedException(
                        served.current(), "the version before it is still in use; no other is loaded");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new ChangeUnfinishedException("the program is ending");
        }
    }

    private void replace(LoadedVersion next) {
        change(
                next,
                settings.canary()
                        .filter(canary -> !canary.equals(next.version()))
                        .flatMap(served::find));
        housekeeping.tidy(pinned);
        housekeeping.prune(pinned);
    }

    private void change(LoadedVersion current, Optional<LoadedVersion> canary) {
        served.change(current, canary);
        history.serves(served.names());
        news.serving(serving());
    }

    /// Serves a version from now on, whichever is published.
    ///
    /// @throws VersionRefusedException if there is no such version, or it is not fit; nothing has changed then
    /// @throws UncheckedIOException if it cannot be fetched now; nothing has changed then
    /// @throws ChangeUnfinishedException if it takes too long; it goes on
    public void pin(String version) {
        changes.make(() -> pinNow(version));
    }

    private void pinNow(String version) {
        if (!list.available().contains(version)) {
            throw new VersionRefusedException(version, "there is no such version");
        }
        refusals.remove(version);
        serve(version);
        pinned = Optional.of(version);
        reporting(() -> checkCanary(Loading.AT_ONCE));
    }

    private void serve(String version) {
        if (!version.equals(served.current())) {
            replace(take(version, Loading.AT_ONCE)
                    .orElseThrow(() -> new VersionRefusedException(version, reason(version))));
        }
    }

    private String reason(String version) {
        return refusals.of(version).map(Refusal::reason).orElse("it was refused");
    }

    /// Pins the version that was served to everybody before the current one; if this server knows of none, the newest
    /// older one. Twice is there and back.
    ///
    /// @return the version
    /// @throws VersionRefusedException if there is none, or it is not fit; nothing has changed then
    /// @throws UncheckedIOException if it cannot be fetched now; nothing has changed then
    /// @throws ChangeUnfinishedException if it takes too long; it goes on
    public String rollBack() {
        return changes.make(() -> {
            String current = served.current();
            List<String> versions = list.available();
            Stream<String> older = versions.reversed().stream().filter(version -> version.compareTo(current) < 0);
            String before = Stream.concat(history.former().stream(), older)
                    .filter(version -> !version.equals(current) && versions.contains(version))
                    .findFirst()
                    .orElseThrow(() -> new VersionRefusedException(current, "there is no version before it"));
            pinNow(before);
            return before;
        });
    }

    /// Serves what is published again.
    ///
    /// @throws VersionRefusedException if it is not fit, or not there; nothing has changed then
    /// @throws UncheckedIOException if it cannot be fetched now; nothing has changed then
    /// @throws ChangeUnfinishedException if it takes too long; it goes on
    public void follow() {
        changes.make(() -> {
            serve(requirePublished());
            pinned = Optional.empty();
            look(Loading.AT_ONCE);
        });
    }

    private String requirePublished() {
        try {
            return repository.current();
        } catch (InvalidArtifactException e) {
            throw new VersionRefusedException(String.valueOf(e.getMessage()));
        }
    }

    /// Tries what ought to be served, even if it has been refused as it is.
    ///
    /// @throws VersionRefusedException if it is still not fit, or not there
    /// @throws UncheckedIOException if it cannot be fetched now
    /// @throws ChangeUnfinishedException if it takes too long; it goes on
    public void reload() {
        changes.make(() -> {
            String wanted = pinned.orElseGet(this::requirePublished);
            refusals.remove(wanted);
            settings.canary().ifPresent(refusals::remove);
            serve(wanted);
            look(Loading.AT_ONCE);
        });
    }

    /// Every version that there is, or that was tried, the newest first, and what became of it.
    ///
    /// @throws VersionRefusedException if the repository is none
    /// @throws UncheckedIOException if the repository cannot be looked at now
    public List<VersionState> versions() {
        return list.states(served, pinned);
    }

    /// Stops computing and frees everything. Waiting requests fail.
    @Override
    public void close() {
        closing = true;
        changes.close();
        served.close();
        try {
            repository.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the versions' repository could not be closed", e);
        }
    }
}
