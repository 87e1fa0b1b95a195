package io.diffmm.deployment;

import io.diffmm.artifacts.ArtifactRepository;
import io.diffmm.artifacts.InvalidArtifactException;
import io.diffmm.runtime.ModelRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;

/// In-memory repository of version names; the directory of `v-1` is `v-1`.
public final class FakeRepository implements ArtifactRepository {

    private final SortedMap<String, String> fingerprints = new ConcurrentSkipListMap<>();
    private volatile String current;
    private volatile boolean away;
    private volatile String held = "";
    private volatile boolean waiting;
    private final CountDownLatch release = new CountDownLatch(1);
    private volatile Set<String> retained = Set.of();

    /// Creates a repository with one version, which is current.
    public FakeRepository(String current) {
        this.current = current;
        fingerprints.put(current, "");
    }

    /// Returns a deployment of one version with a given runtime.
    public static ModelDeployment deployment(ModelRuntime runtime) {
        return ModelDeployment.open(
                new FakeRepository(runtime.model().version()),
                (_, _) -> runtime,
                new DeploymentSettings(Optional.empty(), Optional.empty(), 0, 0),
                InstantSource.system());
    }

    void publish(String version) {
        put(version, "");
        current = version;
    }

    void put(String version, String fingerprint) {
        fingerprints.put(version, fingerprint);
    }

    /// Makes fetches fail, while the versions can still be listed.
    void setAway(boolean away) {
        this.away = away;
    }

    /// Returns the versions of the last call of [#retain].
    Set<String> retained() {
        return retained;
    }

    @Override
    public void retain(Set<String> versions) {
        retained = Set.copyOf(versions);
    }

    void lose(String version) {
        fingerprints.remove(version);
    }

    @Override
    public String current() {
        if (!fingerprints.containsKey(current)) {
            throw new InvalidArtifactException(
                    Path.of("current"), "names the version %s, which does not exist".formatted(current));
        }
        return current;
    }

    @Override
    public List<String> versions() {
        return List.copyOf(fingerprints.keySet());
    }

    /// Blocks fetches of a version until the returned latch is at zero.
    CountDownLatch hold(String version) {
        held = version;
        return release;
    }

    /// Returns whether a fetch is blocked.
    boolean isHeld() {
        return waiting;
    }

    private void awaitRelease() {
        waiting = true;
        try {
            release.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Path fetch(String version) {
        if (version.equals(held)) {
            awaitRelease();
        }
        if (away) {
            throw new UncheckedIOException(new IOException("the store is away"));
        }
        if (!fingerprints.containsKey(version)) {
            throw new InvalidArtifactException(Path.of(version), "is not there");
        }
        return Path.of(version);
    }

    @Override
    public String fingerprint(String version) {
        return fingerprints.getOrDefault(version, "");
    }

    @Override
    public List<String> prune(int max, Set<String> kept) {
        List<String> removed = new ArrayList<>();
        for (String version : versions()) {
            if (fingerprints.size() > max && !kept.contains(version) && version.compareTo(current) < 0) {
                fingerprints.remove(version);
                removed.add(version);
            }
        }
        return removed;
    }
}
