package io.diffmm.observability;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/// Registry of meters with the model version as a tag, from which meters of retired versions can be removed.
///
/// New versions keep coming while the process runs; without removal the number of meters would grow without bound.
/// Thread-safe.
///
/// @param <K> key of a meter within a version
/// @param <M> type of the meters
final class VersionedMeters<K, M extends Meter> {

    private final MeterRegistry registry;
    private final BiFunction<K, String, M> factory;
    private final Map<String, Map<K, M>> versions = new ConcurrentHashMap<>();

    /// @param factory registers the meter of a key and version, or returns the registered one
    VersionedMeters(MeterRegistry registry, BiFunction<K, String, M> factory) {
        this.registry = registry;
        this.factory = factory;
    }

    /// Returns the meter of a version and key and registers it on first use.
    M of(String version, K key) {
        return versions.computeIfAbsent(version, _ -> new ConcurrentHashMap<>())
                .computeIfAbsent(key, missing -> factory.apply(missing, version));
    }

    /// Removes the meters of versions that do not match the predicate.
    void retain(Predicate<String> kept) {
        versions.entrySet().removeIf(version -> {
            boolean retired = !kept.test(version.getKey());
            if (retired) {
                version.getValue().values().forEach(registry::remove);
            }
            return retired;
        });
    }
}
