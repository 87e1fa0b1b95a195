package io.diffmm.model.blend;

import io.diffmm.model.Recency;
import io.diffmm.model.SettingsMapper;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How the views of a user become one score: `score(i) = sum_v weight_v score_v(i)`.
///
/// Views that are not named have no part in it.
///
/// @param views each view's part by its name, at least one
public record Blend(Map<String, Part> views) {

    /// A view's part.
    ///
    /// @param weight of its scores, above zero
    /// @param recency how it weighs a history
    public record Part(double weight, Recency recency) {

        public Part {
            if (!(weight > 0) || Double.isInfinite(weight)) {
                throw new IllegalArgumentException(
                        "the weight of a view is %s; need a number above zero".formatted(weight));
            }
        }
    }

    public Blend {
        views = Collections.unmodifiableMap(new LinkedHashMap<>(views));
        if (views.isEmpty()) {
            throw new IllegalArgumentException("a blend has no view; name at least one");
        }
    }

    /// One view alone.
    public static Blend of(String view) {
        return even(List.of(view));
    }

    /// The sum of some views.
    public static Blend even(List<String> views) {
        Map<String, Part> parts = new LinkedHashMap<>();
        views.forEach(view -> parts.put(view, new Part(1, Recency.NONE)));
        return new Blend(parts);
    }

    /// How a view weighs a history: as its part here does, or all interactions alike if it has none.
    public Recency recency(String view) {
        return views.containsKey(view) ? views.get(view).recency() : Recency.NONE;
    }

    /// The blend that a manifest describes.
    ///
    /// @throws IllegalArgumentException naming what is wrong
    public static Blend of(Map<String, Object> tree) {
        return SettingsMapper.read(tree, Blend.class);
    }
}
