package io.diffmm.training.search;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Search space of a hyper-parameter search: a tree like that of the settings, with a list of values at each leaf.
public final class SearchSpace {

    private final Map<String, Object> settings;
    private final Map<SettingPath, List<Object>> choices = new LinkedHashMap<>();

    /// Creates a space around given settings.
    ///
    /// @param tree lists of values
    /// @param settings complete settings as given
    /// @throws IllegalArgumentException naming a path that is not a setting or has no list of values
    public SearchSpace(Map<String, Object> tree, Map<String, Object> settings) {
        this.settings = settings;
        collect(SettingPath.ROOT, tree, settings);
        if (choices.isEmpty()) {
            throw new IllegalArgumentException("the search space is empty; list values for at least one setting");
        }
    }

    private void collect(SettingPath parent, Map<?, ?> tree, Map<?, ?> known) {
        tree.forEach((key, values) -> {
            SettingPath path = parent.to(String.valueOf(key));
            Object initial = known.get(String.valueOf(key));
            if (initial == null) {
                throw new IllegalArgumentException("the search space contains %s, which is not a setting; settings: %s"
                        .formatted(path, known.keySet()));
            }
            if (values instanceof Map<?, ?> inner && initial instanceof Map<?, ?> section) {
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

    /// Returns the settings as given.
    Sample initial() {
        return new Sample(Map.of(), settings);
    }

    /// Draws a value for each setting of the space.
    Sample draw(RandomGenerator random) {
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
        return new Sample(changes, drawn);
    }

    private static boolean isSame(Object value, @Nullable Object initial) {
        if (value instanceof Number number && initial instanceof Number other) {
            return number.doubleValue() == other.doubleValue(); // 1 equals 1.0
        }
        return value.equals(initial);
    }

    /// Settings drawn from a space.
    ///
    /// @param changes values that differ from the given settings, by path
    /// @param settings complete settings
    public record Sample(Map<String, Object> changes, Map<String, Object> settings) {

        public Sample {
            changes = Collections.unmodifiableMap(new LinkedHashMap<>(changes));
            settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        }
    }

    /// Sequence of distinct samples, starting with the settings as given. The same seed gives the same sequence.
    public static final class Sampler {

        /// Number of repeated samples in a row after which the space counts as exhausted.
        private static final int MAX_ATTEMPTS = 1_000;

        private final SearchSpace space;
        private final SplittableRandom random;
        private final Set<Map<String, Object>> seen = new HashSet<>();

        public Sampler(SearchSpace space, long seed) {
            this.space = space;
            this.random = new SplittableRandom(seed);
        }

        /// Returns the next sample; empty if the space is exhausted.
        public Optional<Sample> next() {
            Sample sample = space.initial();
            for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
                if (seen.add(sample.changes())) {
                    return Optional.of(sample);
                }
                sample = space.draw(random);
            }
            return Optional.empty();
        }
    }

    /// Path of a setting in the tree of settings, written as `optimisation.learning-rate`.
    ///
    /// @param keys keys from the root; a key may itself contain dots
    private record SettingPath(List<String> keys) {

        static final SettingPath ROOT = new SettingPath(List.of());

        SettingPath {
            keys = List.copyOf(keys);
        }

        SettingPath to(String key) {
            List<String> longer = new ArrayList<>(keys);
            longer.add(key);
            return new SettingPath(longer);
        }

        /// Returns the setting in a tree; null if it is absent.
        @Nullable
        Object in(Map<String, Object> tree) {
            Object at = tree;
            for (String key : keys) {
                at = at instanceof Map<?, ?> section ? section.get(key) : null;
            }
            return at;
        }

        /// Returns a copy of a tree with another value of the setting.
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
}
