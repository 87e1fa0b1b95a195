package io.diffmm.observability;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/// Meters with the version of a model in their tags. Versions come for as long as the program runs, so the meters of
/// those that are long gone are removed.
///
/// @param <K> what tells the meters of one version apart
final class VersionedMeters<K, M extends Meter> {

    private final MeterRegistry registry;
    private final BiFunction<K, String, M> registering;
    private final Map<String, Map<K, M>> versions = new ConcurrentHashMap<>();

    /// @param registering makes a meter of a version, or gives the one that is there
    VersionedMeters(MeterRegistry registry, BiFunction<K, String, M> registering) {
        this.registry = registry;
        this.registering = registering;
    }

    M of(String version, K key) {
        return versions.computeIfAbsent(version, _ -> new ConcurrentHashMap<>())
                .computeIfAbsent(key, wanted -> registering.apply(wanted, version));
    }

    /// Removes the meters of all other versions.
    void retain(Predicate<String> kept) {
        versions.entrySet().removeIf(version -> {
            boolean gone = !kept.test(version.getKey());
            if (gone) {
                version.getValue().values().forEach(registry::remove);
            }
            return gone;
        });
    }
}
