package io.diffmm.runtime;

import io.diffmm.artifacts.ArtifactRepository;
import io.diffmm.artifacts.InvalidArtifactException;
import io.diffmm.runtime.VersionState.Condition;
import io.diffmm.runtime.VersionState.Refusal;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Stream;

/// Serves what a repository says is current, or what is pinned.
///
/// Another version is opened beside the one that is served, and takes its place in one step; whoever computes with the
/// old one ends with it, and then it is closed. A version that cannot be opened changes nothing, and is not tried again
/// until its files are others. One version at a time is opened, and only when the one before it has been closed.
public final class ModelDeployment implements Models, AutoCloseable {

    private static final System.Logger LOG = System.getLogger(ModelDeployment.class.getName());

    /// So many versions are remembered to have been served.
    private static final int REMEMBERED = 32;

    private static final int CLOSING_SECONDS = 60;

    private final ArtifactRepository repository;
    private final Opener opener;
    private final DeploymentSettings settings;
    private final List<DeploymentListener> listeners = new CopyOnWriteArrayList<>();
    private final Refusals refusals = new Refusals();
    private final Deque<String> served = new ConcurrentLinkedDeque<>(); // the latest first
    private final ReentrantLock changing = new ReentrantLock();
    private volatile Optional<String> pinned;
    private volatile Serving serving;
    private final Set<LoadedVersion> retiring = ConcurrentHashMap.newKeySet(); // replaced, and still in use
    private String problem = ""; // with the repository, as it was told last
    private CompletableFuture<Void> retired = CompletableFuture.completedFuture(null);

    /// Opens a version and finds it fit to serve.
    @FunctionalInterface
    public interface Opener {

        /// Opens it.
        ///
        /// @throws RuntimeException saying why it is not fit
        ModelRuntime open(Path version);
    }

    private record Serving(LoadedVersion current, Optional<LoadedVersion> canary) {

        Stream<LoadedVersion> all() {
            return Stream.concat(Stream.of(current), canary.stream());
        }

        Optional<LoadedVersion> version(String version) {
            return all().filter(loaded -> loaded.version().equals(version)).findFirst();
        }
    }

    private ModelDeployment(ArtifactRepository repository, Opener opener, DeploymentSettings settings) {
        this.repository = repository;
        this.opener = opener;
        this.settings = settings;
        this.pinned = settings.pinned();
        String first = wanted();
        this.serving = new Serving(opened(first, repository.fetch(first)), Optional.empty());
    }

    /// Opens what is current at its source, or pinned, and serves it.
    ///
    /// @throws InvalidArtifactException or another exception if it is not fit: there is nothing to serve then
    public static ModelDeployment open(
            ModelSource source, DeploymentSettings settings, RuntimeSettings computing, RuntimeListener listener) {
        return open(source.repository(), version -> ModelRuntime.open(version, computing, listener), settings);
    }

    /// Opens what is current, or pinned, and serves it.
    ///
    /// @throws InvalidArtifactException or another exception if it is not fit: there is nothing to serve then
    public static ModelDeployment open(ArtifactRepository repository, Opener opener, DeploymentSettings settings) {
        var deployment = new ModelDeployment(repository, opener, settings);
        deployment.tell();
        deployment.check();
        deployment.tidy();
        return deployment;
    }

    /// Tells somebody of every change, and of what is served now.
    public void listen(DeploymentListener listener) {
        changing.lock();
        try {
            listeners.add(listener);
            listener.serving(serving());
        } finally {
            changing.unlock();
        }
    }

    @Override
    public ModelLease current() {
        return lease(Serving::current);
    }

    @Override
    public ModelLease forUser(String userId) {
        if (serving.canary().isEmpty()) {
            return current();
        }
        boolean tries = UserShare.of(userId) < settings.canaryShare();
        return lease(now -> tries ? now.canary().orElse(now.current()) : now.current());
    }

    /// A version that is being closed has just been replaced.
    private ModelLease lease(Function<Serving, LoadedVersion> choice) {
        while (true) {
            Optional<ModelLease> lease = choice.apply(serving).lease();
            if (lease.isPresent()) {
                return lease.get();
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public Optional<ModelLease> version(String version) {
        return Stream.concat(serving.all(), retiring.stream())
                .filter(loaded -> loaded.version().equals(version))
                .flatMap(loaded -> loaded.lease().stream())
                .findFirst();
    }

    @Override
    public boolean served(String version) {
        return served.contains(version);
    }

    @Override
    public List<ServedVersion> serving() {
        Serving now = serving;
        double share = now.canary().isPresent() ? settings.canaryShare() : 0;
        List<ServedVersion> versions = new ArrayList<>();
        versions.add(new ServedVersion(now.current().model(), Role.CURRENT, 1 - share));
        now.canary().ifPresent(canary -> versions.add(new ServedVersion(canary.model(), Role.CANARY, share)));
        return List.copyOf(versions);
    }

    /// Whether everything that is served answers.
    public boolean ready() {
        return serving.all().allMatch(loaded -> loaded.runtime().ready());
    }

    /// How many requests wait for a computing thread.
    public int waiting() {
        return serving.all().mapToInt(loaded -> loaded.runtime().waiting()).sum();
    }

    /// Looks for another version, and takes it if it is fit. What goes wrong is told to the listeners.
    public void check() {
        changing.lock();
        try {
            String wanted = wanted();
            if (!wanted.equals(serving.current().version())) {
                take(wanted).ifPresent(this::replace);
            }
            checkCanary();
            problem = "";
        } catch (InvalidArtifactException | UncheckedIOException e) {
            report(String.valueOf(e.getMessage()));
        } finally {
            changing.unlock();
        }
    }

    /// Once, however often it is found.
    private void report(String found) {
        if (!found.equals(problem)) {
            problem = found;
            LOG.log(System.Logger.Level.ERROR, "versions cannot be looked at: {0}", found);
            listeners.forEach(listener -> listener.refused("", found));
        }
    }

    private String wanted() {
        return pinned.orElseGet(repository::current);
    }

    private void checkCanary() {
        Optional<String> wanted = settings.canary()
                .filter(version -> !version.equals(serving.current().version()));
        Optional<LoadedVersion> now = serving.canary();
        if (wanted.equals(now.map(LoadedVersion::version))) {
            return;
        }
        Optional<LoadedVersion> next = wanted.flatMap(this::take);
        if (next.isPresent() || now.isPresent()) {
            change(new Serving(serving.current(), next));
        }
    }

    /// Takes a version, unless it has been refused as it is.
    private Optional<LoadedVersion> take(String version) {
        String stamp = repository.stamp(version);
        if (refusals.has(version, stamp) || !retiredIsClosed()) {
            return Optional.empty();
        }
        Optional<LoadedVersion> taken = serving.version(version).or(() -> open(version, stamp));
        taken.ifPresent(_ -> refusals.remove(version));
        return taken;
    }

    /// @throws UncheckedIOException if it cannot be fetched now, which says nothing of the version
    private Optional<LoadedVersion> open(String version, String stamp) {
        Path directory;
        try {
            directory = repository.fetch(version);
        } catch (InvalidArtifactException e) {
            return refused(version, stamp, e);
        }
        try {
            return Optional.of(opened(version, directory));
        } catch (RuntimeException | Error e) {
            return refused(version, stamp, e);
        }
    }

    private Optional<LoadedVersion> refused(String version, String stamp, Throwable e) {
        String reason = String.valueOf(e.getMessage());
        refusals.add(version, stamp, new Refusal(reason, Instant.now()));
        LOG.log(System.Logger.Level.ERROR, "version %s is not taken".formatted(version), e);
        listeners.forEach(listener -> listener.refused(version, reason));
        return Optional.empty();
    }

    private LoadedVersion opened(String version, Path directory) {
        var loaded = new LoadedVersion(opener.open(directory));
        if (!loaded.version().equals(version)) {
            loaded.runtime().close();
            throw new InvalidArtifactException(
                    directory, "its manifest says that it is the version %s".formatted(loaded.version()));
        }
        return loaded;
    }

    private boolean retiredIsClosed() {
        try {
            retired.get(CLOSING_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException _) {
            LOG.log(System.Logger.Level.WARNING, "a version that was replaced is still in use; no other is loaded");
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void replace(LoadedVersion next) {
        change(new Serving(next, serving.canary().filter(canary -> !canary.equals(next))));
        tidy();
        prune();
    }

    private void change(Serving next) {
        List<LoadedVersion> replaced = serving.all()
                .filter(loaded -> next.all().noneMatch(loaded::equals))
                .toList();
        retiring.addAll(replaced);
        serving = next;
        tell();
        retired = CompletableFuture.allOf(replaced.stream().map(this::retire).toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> retire(LoadedVersion version) {
        return version.retire().thenRun(() -> retiring.remove(version));
    }

    private void tell() {
        for (ServedVersion version : serving()) {
            served.remove(version.model().version());
            served.addFirst(version.model().version());
        }
        while (served.size() > REMEMBERED) {
            served.removeLast();
        }
        listeners.forEach(listener -> listener.serving(serving()));
    }

    /// Lets copies go that nobody needs.
    private void tidy() {
        try {
            repository.retain(needed());
        } catch (UncheckedIOException e) {
            LOG.log(System.Logger.Level.WARNING, e.getMessage());
        }
    }

    private void prune() {
        if (settings.kept() == 0) {
            return;
        }
        try {
            List<String> removed = repository.prune(settings.kept(), needed());
            removed.forEach(version -> LOG.log(System.Logger.Level.INFO, "removed version {0}", version));
        } catch (InvalidArtifactException | UncheckedIOException | IllegalStateException e) {
            LOG.log(System.Logger.Level.WARNING, "old versions cannot be removed: {0}", e.getMessage());
        }
    }

    private Set<String> needed() {
        Set<String> needed = new HashSet<>();
        serving.all().map(LoadedVersion::version).forEach(needed::add);
        pinned.ifPresent(needed::add);
        settings.canary().ifPresent(needed::add);
        return needed;
    }

    /// Serves a version from now on, whichever is published.
    ///
    /// @throws VersionRefusedException if there is no such version, or it is not fit; nothing has changed then
    public void pin(String version) {
        changing.lock();
        try {
            if (!repository.versions().contains(version)) {
                throw new VersionRefusedException(version, "there is no such version");
            }
            refusals.remove(version);
            if (!version.equals(serving.current().version())) {
                replace(take(version).orElseThrow(() -> new VersionRefusedException(version, reason(version))));
            }
            pinned = Optional.of(version);
            checkCanary();
        } finally {
            changing.unlock();
        }
    }

    private String reason(String version) {
        return refusals.of(version).map(Refusal::reason).orElse("the version before is still in use; try again");
    }

    /// Pins the version that was served before the current one; if this server knows of none, the newest older one.
    ///
    /// @return the version
    /// @throws VersionRefusedException if there is none, or it is not fit
    public String rollBack() {
        changing.lock();
        try {
            String current = serving.current().version();
            List<String> versions = repository.versions();
            String before = Stream.concat(
                            new ArrayDeque<>(served).stream(),
                            versions.reversed().stream().filter(version -> version.compareTo(current) < 0))
                    .filter(version -> !version.equals(current) && versions.contains(version))
                    .findFirst()
                    .orElseThrow(() -> new VersionRefusedException(current, "there is no version before it"));
            pin(before);
            return before;
        } finally {
            changing.unlock();
        }
    }

    /// Serves what is published again.
    public void follow() {
        changing.lock();
        try {
            pinned = Optional.empty();
            check();
        } finally {
            changing.unlock();
        }
    }

    /// Tries what is published, even if it has been refused as it is.
    public void reload() {
        changing.lock();
        try {
            refusals.clear();
            check();
        } finally {
            changing.unlock();
        }
    }

    /// Every version that there is, the newest first, and what became of it.
    public List<VersionState> versions() {
        String published = repository.current();
        return repository.versions().reversed().stream()
                .map(version -> new VersionState(
                        version,
                        condition(version),
                        version.equals(published),
                        pinned.equals(Optional.of(version)),
                        refusals.of(version)))
                .toList();
    }

    private Condition condition(String version) {
        Serving now = serving;
        if (now.current().version().equals(version)) {
            return Condition.CURRENT;
        }
        if (now.version(version).isPresent()) {
            return Condition.CANARY;
        }
        return refusals.of(version).isPresent() ? Condition.REFUSED : Condition.AVAILABLE;
    }

    /// Stops computing and frees everything. Waiting requests fail.
    @Override
    public void close() {
        changing.lock();
        try {
            serving.all().forEach(loaded -> loaded.runtime().close());
        } finally {
            changing.unlock();
        }
    }
}
