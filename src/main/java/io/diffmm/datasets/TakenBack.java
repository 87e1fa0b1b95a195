package io.diffmm.datasets;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/// What a store of live interactions says does not count any more in files: items that users have taken
/// back, and all of users who have been erased.
final class TakenBack {

    private final Map<String, Set<String>> items; // by user
    private final Set<String> erased; // SHA-256 of the ids, in hexadecimal
    private final Map<String, Boolean> asked = new HashMap<>();

    TakenBack(Map<String, Set<String>> items, Set<String> erased) {
        this.items = items;
        this.erased = erased;
    }

    /// Everything counts.
    static TakenBack nothing() {
        return new TakenBack(Map.of(), Set.of());
    }

    /// Whether the user has taken the item back.
    boolean removed(String userId, String itemId) {
        return items.getOrDefault(userId, Set.of()).contains(itemId);
    }

    /// Whether the user has been erased.
    boolean erased(String userId) {
        return !erased.isEmpty() && asked.computeIfAbsent(userId, id -> erased.contains(hash(id)));
    }

    private static String hash(String userId) {
        return HexFormat.of().formatHex(Fingerprint.sha256().digest(userId.getBytes(StandardCharsets.UTF_8)));
    }
}
