package io.diffmm.training.search;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The values that a search may give to settings: a tree like that of the settings, with a list of values at each leaf.
public final class SearchSpace {

    private final Map<String, Object> settings;
    private final Map<SettingPath, List<Object>> choices = new LinkedHashMap<>();

    /// A space around some settings.
    ///
    /// @param tree the lists
    /// @param settings as given, complete
    /// @throws IllegalArgumentException naming the path that is no setting, or has no list of values
    public SearchSpace(Map<String, Object> tree, Map<String, Object> settings) {
        this.settings = settings;
        collect(SettingPath.ROOT, tree, settings);
        if (choices.isEmpty()) {
            throw new IllegalArgumentException("the search space is empty; give a list of values for some setting");
        }
    }

    private void collect(SettingPath parent, Map<?, ?> tree, Map<?, ?> known) {
        tree.forEach((key, values) -> {
            SettingPath path = parent.to(String.valueOf(key));
            Object given = known.get(String.valueOf(key));
            if (given == null) {
                throw new IllegalArgumentException(
                        "the search space has %s, which is no setting; there are %s".formatted(path, known.keySet()));
            }
            if (values instanceof Map<?, ?> inner && given instanceof Map<?, ?> section) {
                collect(path, inner, section);
            } else {
                choices.put(path, list(path, values));
            }
        });
    }

    private static List<Object> list(SettingPath path, @Nullable Object values) {
        if (!(values instanceof List<?> list) || list.isEmpty() || list.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException(
                    "the search space has %s for %s; need a list of values to choose from".formatted(values, path));
        }
        return List.copyOf(list);
    }

    /// The settings as given.
    Draw given() {
        return new Draw(Map.of(), settings);
    }

    /// Draws a value for each setting of the space.
    Draw draw(RandomGenerator random) {
        Map<String, Object> changes = new LinkedHashMap<>();
        Map<String, Object> drawn = settings;
        for (Map.Entry<SettingPath, List<Object>> choice : choices.entrySet()) {
            SettingPath path = choice.getKey();
            Object value =
                    choice.getValue().get(random.nextInt(choice.getValue().size()));
            if (!isSame(value, path.in(settings))) {
                changes.put(path.toString(), value);
                drawn = path.set(drawn, value);
            }
        }
        return new Draw(changes, drawn);
    }

    private static boolean isSame(Object value, @Nullable Object given) {
        if (value instanceof Number number && given instanceof Number other) {
            return number.doubleValue() == other.doubleValue(); // 1 is the same as 1.0
        }
        return value.equals(given);
    }
}
