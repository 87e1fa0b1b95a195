package io.diffmm.deployment;

import io.diffmm.deployment.ServedModels.ModelLease;
import io.diffmm.deployment.ServedModels.Role;
import io.diffmm.deployment.ServedModels.ServedVersion;
import io.diffmm.runtime.ModelRuntime;
import io.diffmm.runtime.ModelRuntime.ServedModel;
import io.diffmm.runtime.Tasks;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Loaded versions: the current one, an optional canary, and replaced ones that are still in use.
///
/// Any thread may take leases and read; one thread at a time calls [#change] and [#awaitRetired].
final class ServedVersions implements ServedModels {

    private static final Logger LOG = LoggerFactory.getLogger(ServedVersions.class);

    private final double canaryShare;
    private final Set<LoadedVersion> retiring = ConcurrentHashMap.newKeySet();
    private final ServingHistory history = new ServingHistory();
    private volatile List<LoadedVersion> serving; // the current version, then the canary if there is one
    private CompletableFuture<Void> retired = CompletableFuture.completedFuture(null);

    /// Serves one version.
    ///
    /// @param canaryShare share of the users that get the canary, if there is one
    ServedVersions(LoadedVersion first, double canaryShare) {
        this.serving = List.of(first);
        this.canaryShare = canaryShare;
        history.add(names());
    }

    /// Returns the name of the current version.
    String currentName() {
        return serving.getFirst().version();
    }

    /// Returns the name of the canary, if there is one.
    Optional<String> canary() {
        return serving.stream().skip(1).map(LoadedVersion::version).findFirst();
    }

    /// Returns the names of the served versions, the current one first.
    List<String> names() {
        return serving.stream().map(LoadedVersion::version).toList();
    }

    /// Returns the loaded current version.
    LoadedVersion currentVersion() {
        return serving.getFirst();
    }

    /// Returns a version if it is served.
    Optional<LoadedVersion> find(String version) {
        return serving.stream()
                .filter(loaded -> loaded.version().equals(version))
                .findFirst();
    }

    @Override
    public List<ServedVersion> serving() {
        List<LoadedVersion> now = serving;
        double share = now.size() > 1 ? canaryShare : 0;
        List<ServedVersion> versions = new ArrayList<>();
        versions.add(new ServedVersion(now.getFirst().model(), Role.CURRENT, 1 - share));
        now.stream().skip(1).forEach(canary -> versions.add(new ServedVersion(canary.model(), Role.CANARY, share)));
        return List.copyOf(versions);
    }

    @Override
    public boolean served(String version) {
        return history.contains(version);
    }

    /// Returns the names of recent current versions, the latest first.
    List<String> recentCurrent() {
        return history.recentCurrent();
    }

    @Override
    public ModelLease current() {
        return lease(List::getFirst);
    }

    @Override
    public ModelLease forUser(String userId) {
        if (serving.size() == 1) {
            return current();
        }
        boolean getsCanary = position(userId) < canaryShare;
        return lease(now -> getsCanary ? now.getLast() : now.getFirst());
    }

    /// Maps a user id to a stable, uniform value in `[0, 1)` for canary assignment, the same on every replica.
    private static double position(String userId) {
        return (ByteBuffer.wrap(DigestUtils.sha256(userId)).getLong() >>> 11) * 0x1.0p-53;
    }

    /// Repeats the choice if the chosen version is closing, because another one has just replaced it.
    private ModelLease lease(Function<List<LoadedVersion>, LoadedVersion> choice) {
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
        return Stream.concat(serving.stream(), retiring.stream())
                .filter(loaded -> loaded.version().equals(version))
                .flatMap(loaded -> loaded.lease().stream())
                .findFirst();
    }

    /// Returns whether the current version answers requests. A failing canary does not take the replica out of service.
    boolean ready() {
        return serving.getFirst().runtime().ready();
    }

    /// Returns the number of queued requests of the served versions.
    int waiting() {
        return serving.stream().mapToInt(loaded -> loaded.runtime().waiting()).sum();
    }

    /// Replaces the served versions in one step. Those no longer served close after their last lease.
    void change(LoadedVersion current, Optional<LoadedVersion> canary) {
        List<LoadedVersion> next =
                Stream.concat(Stream.of(current), canary.stream()).toList();
        List<LoadedVersion> replaced =
                serving.stream().filter(loaded -> !next.contains(loaded)).toList();
        retiring.addAll(replaced);
        serving = next;
        history.add(names());
        retired = CompletableFuture.allOf(replaced.stream().map(this::retire).toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> retire(LoadedVersion version) {
        return version.retire().thenRun(() -> retiring.remove(version));
    }

    /// Waits until all versions of the last change that were replaced are closed.
    ///
    /// @return whether they closed within `limit`
    boolean awaitRetired(Duration limit) throws InterruptedException {
        try {
            retired.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException _) {
            return false;
        } catch (ExecutionException e) {
            throw Tasks.failure(e);
        }
    }

    /// Stops computing and frees the served versions.
    void close() {
        serving.stream().forEach(loaded -> loaded.runtime().close());
    }

    /// Loaded version with a count of its leases. It closes when it is retired and its last lease has closed.
    static final class LoadedVersion {

        private final ModelRuntime runtime;
        private final AtomicInteger users = new AtomicInteger(1); // leases, and one until it is retired
        private final CompletableFuture<Void> closed = new CompletableFuture<>();

        LoadedVersion(ModelRuntime runtime) {
            this.runtime = runtime;
        }

        ModelRuntime runtime() {
            return runtime;
        }

        ServedModel model() {
            return runtime.model();
        }

        String version() {
            return model().version();
        }

        /// Takes a lease; empty if the version is closing.
        Optional<ModelLease> lease() {
            int before = users.getAndUpdate(count -> count == 0 ? 0 : count + 1);
            return before == 0 ? Optional.empty() : Optional.of(new ModelLease(runtime, this::release));
        }

        /// Closes the version after its last lease.
        ///
        /// @return completes when the version is closed
        CompletableFuture<Void> retire() {
            release();
            return closed;
        }

        /// Closes on a separate thread: closing waits for computing threads, and one may release the last lease.
        private void release() {
            if (users.decrementAndGet() == 0) {
                Thread.ofPlatform().name("retired-model").start(this::close);
            }
        }

        private void close() {
            try {
                runtime.close();
            } catch (RuntimeException | Error e) {
                LOG.error("Version {} could not be freed", version(), e);
            } finally {
                closed.complete(null);
            }
        }
    }

    /// Thread-safe history of the versions that this server has served recently.
    private static final class ServingHistory {

        private static final int MAX_VERSIONS = 32;

        private final Deque<String> all = new ConcurrentLinkedDeque<>(); // latest first
        private final Deque<String> current = new ConcurrentLinkedDeque<>(); // latest first, without canaries

        /// Adds the served versions, the current one first.
        void add(List<String> versions) {
            addFirst(current, versions.getFirst());
            versions.forEach(version -> addFirst(all, version));
        }

        private static void addFirst(Deque<String> versions, String version) {
            versions.remove(version);
            versions.addFirst(version);
            while (versions.size() > MAX_VERSIONS) {
                versions.removeLast();
            }
        }

        boolean contains(String version) {
            return all.contains(version);
        }

        List<String> recentCurrent() {
            return List.copyOf(current);
        }
    }
}
