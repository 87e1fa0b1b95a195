package io.diffmm.interactions;

import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Contents of the store for one user.
///
/// @param live the user's items, newest first, each once with its latest interaction
/// @param removed items that the user has removed; interactions with them in a model artifact do not count
/// @param erased whether the user was erased; no interaction in a model artifact counts then
public record Activity(List<Live> live, Set<String> removed, boolean erased) {

    /// Activity of a user who is not in the store.
    public static final Activity NONE = new Activity(List.of(), Set.of(), false);

    /// Item and the time of the user's latest interaction with it.
    public record Live(String itemId, Instant occurredAt) {}

    public Activity {
        live = List.copyOf(live);
        removed = Set.copyOf(removed);
    }

    /// Collects the result rows of the activity query, newest first.
    static final class Collector {

        private final Map<String, Instant> live = new LinkedHashMap<>();
        private final Set<String> removed = new HashSet<>();
        private boolean erased;

        /// Adds one row.
        ///
        /// @param kind `live`, `removed` or `erased`
        /// @throws IllegalArgumentException if `kind` has another value
        void add(String kind, String itemId, Instant time) {
            switch (kind) {
                case "live" -> live.putIfAbsent(itemId, time);
                case "removed" -> removed.add(itemId);
                case "erased" -> erased = true;
                default -> throw new IllegalArgumentException("unknown kind of activity '%s'".formatted(kind));
            }
        }

        Activity activity() {
            List<Live> items = live.entrySet().stream()
                    .map(entry -> new Live(entry.getKey(), entry.getValue()))
                    .toList();
            return new Activity(items, removed, erased);
        }
    }
}
