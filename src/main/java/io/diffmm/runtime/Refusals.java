package io.diffmm.runtime;

import io.diffmm.runtime.VersionState.Refusal;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Versions that were not taken, until their files are others.
final class Refusals {

    private final Map<String, Refused> versions = new ConcurrentHashMap<>();

    private record Refused(String stamp, Refusal refusal) {}

    void add(String version, String stamp, Refusal refusal) {
        versions.put(version, new Refused(stamp, refusal));
    }

    /// Whether a version with these very files was not taken.
    boolean has(String version, String stamp) {
        Refused refused = versions.get(version);
        return refused != null && refused.stamp().equals(stamp);
    }

    Optional<Refusal> of(String version) {
        return Optional.ofNullable(versions.get(version)).map(Refused::refusal);
    }

    void remove(String version) {
        versions.remove(version);
    }

    void clear() {
        versions.clear();
    }
}
