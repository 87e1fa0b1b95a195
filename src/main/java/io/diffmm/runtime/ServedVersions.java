package io.diffmm.runtime;

import io.diffmm.runtime.Models.Role;
import io.diffmm.runtime.Models.ServedVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;

/// What is served: the current version, perhaps a canary, and those that were replaced and are still in use.
///
/// Leases are for any thread; [#change] and what waits for it are for one at a time.
final class ServedVersions {

    private final double canaryShare;
    private final Set<LoadedVersion> retiring = ConcurrentHashMap.newKeySet();
    private volatile Serving serving;
    private CompletableFuture<Void> retired = CompletableFuture.completedFuture(null);

    private record Serving(LoadedVersion current, Optional<LoadedVersion> canary) {

        Stream<LoadedVersion> all() {
            return Stream.concat(Stream.of(current), canary.stream());
        }
    }

    /// Serves one version.
    ///
    /// @param canaryShare of the users who get the canary, if there is one
    ServedVersions(LoadedVersion first, double canaryShare) {
        this.serving = new Serving(first, Optional.empty());
        this.canaryShare = canaryShare;
    }

    /// The name of the current version.
    String current() {
        return serving.current().version();
    }

    Optional<String> canary() {
        return serving.canary().map(LoadedVersion::version);
    }

    /// The names of all that are served, the current one first.
    List<String> names() {
        return serving.all().map(LoadedVersion::version).toList();
    }

    /// A version, if it is served.
    Optional<LoadedVersion> find(String version) {
        return serving.all().filter(loaded -> loaded.version().equals(version)).findFirst();
    }

    /// The current version, and for whom it is, and the canary.
    List<ServedVersion> list() {
        Serving now = serving;
        double share = now.canary().isPresent() ? canaryShare : 0;
        List<ServedVersion> versions = new ArrayList<>();
        versions.add(new ServedVersion(now.current().model(), Role.CURRENT, 1 - share));
        now.canary().ifPresent(canary -> versions.add(new ServedVersion(canary.model(), Role.CANARY, share)));
        return List.copyOf(versions);
    }

    ModelLease lease() {
        return lease(Serving::current);
    }

    /// Of the version that is for this user.
    ModelLease leaseFor(String userId) {
        if (serving.canary().isEmpty()) {
            return lease();
        }
        boolean tries = UserShare.of(userId) < canaryShare;
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

    /// Of a version that is served, or was and is still in use.
    Optional<ModelLease> leaseOf(String version) {
        return Stream.concat(serving.all(), retiring.stream())
                .filter(loaded -> loaded.version().equals(version))
                .flatMap(loaded -> loaded.lease().stream())
                .findFirst();
    }

    /// Whether the current version answers. A canary that does not takes no replica out of service.
    boolean ready() {
        return serving.current().runtime().ready();
    }

    int waiting() {
        return serving.all().mapToInt(loaded -> loaded.runtime().waiting()).sum();
    }

    /// Serves other versions from now on. Those that are no longer served are closed when nobody uses them any more.
    void change(LoadedVersion current, Optional<LoadedVersion> canary) {
        Serving before = serving;
        var next = new Serving(current, canary);
        List<LoadedVersion> replaced = before.all()
                .filter(loaded -> next.all().noneMatch(loaded::equals))
                .toList();
        retiring.addAll(replaced);
        serving = next;
        retired = CompletableFuture.allOf(replaced.stream().map(this::retire).toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> retire(LoadedVersion version) {
        return version.retire().thenRun(() -> retiring.remove(version));
    }

    /// Waits until all that were replaced are closed.
    ///
    /// @return whether they are, within the time
    boolean awaitRetired(long seconds) throws InterruptedException {
        try {
            retired.get(seconds, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException _) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    void close() {
        serving.all().forEach(loaded -> loaded.runtime().close());
    }
}
