package io.diffmm.interactions;

import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// Collects rows of the query of a user's activity, newest first.
final class ActivityRows {

    private final Map<String, Instant> live = new LinkedHashMap<>();
    private final Set<String> removed = new HashSet<>();
    private boolean erased;

    /// Takes one row.
    ///
    /// @param kind `live`, `removed` or `erased`
    /// @throws IllegalArgumentException if it is none of these
    void add(String kind, String itemId, Instant time) {
        switch (kind) {
            case "live" -> live.putIfAbsent(itemId, time);
            case "removed" -> removed.add(itemId);
            case "erased" -> erased = true;
            default -> throw new IllegalArgumentException("there is no activity '%s'".formatted(kind));
        }
    }

    Activity activity() {
        return new Activity(
                live.entrySet().stream()
                        .map(entry -> new Activity.Live(entry.getKey(), entry.getValue()))
                        .toList(),
                removed,
                erased);
    }
}
