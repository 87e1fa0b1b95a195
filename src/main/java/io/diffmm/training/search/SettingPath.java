package io.diffmm.training.search;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where a setting stands in the tree of settings; written `optimisation.learning-rate`.
///
/// @param keys from the root; a key may have dots of its own
record SettingPath(List<String> keys) {

    static final SettingPath ROOT = new SettingPath(List.of());

    SettingPath {
        keys = List.copyOf(keys);
    }

    SettingPath to(String key) {
        List<String> longer = new ArrayList<>(keys);
        longer.add(key);
        return new SettingPath(longer);
    }

    /// The setting in a tree; null if it is not there.
    @Nullable
    Object in(Map<String, Object> tree) {
        Object at = tree;
        for (String key : keys) {
            at = at instanceof Map<?, ?> section ? section.get(key) : null;
        }
        return at;
    }

    /// A tree in which the setting has another value.
    Map<String, Object> set(Map<?, ?> tree, Object value) {
        Map<String, Object> changed = new LinkedHashMap<>();
        tree.forEach((key, kept) -> changed.put(String.valueOf(key), kept));
        SettingPath rest = new SettingPath(keys.subList(1, keys.size()));
        changed.computeIfPresent(
                keys.getFirst(),
                (_, present) -> rest.keys.isEmpty() || !(present instanceof Map<?, ?> section)
                        ? value
                        : rest.set(section, value));
        return changed;
    }

    @Override
    public String toString() {
        return String.join(".", keys);
    }
}
