package io.diffmm.model.blend;

import io.diffmm.model.Recency;
import io.diffmm.model.SettingRules;
import io.diffmm.model.SettingsMapper;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Weighted sum of views: `score(i) = sum_v weight_v score_v(i)`. Views without a part do not contribute.
///
/// @param views part of each view by its name, at least one
public record Blend(Map<String, Part> views) {

    /// Part of one view.
    ///
    /// @param weight of its scores, positive
    /// @param recency recency weights of its history
    public record Part(double weight, Recency recency) {

        public Part {
            SettingRules.positive(weight, "the weight of a view");
        }
    }

    public Blend {
        views = Collections.unmodifiableMap(new LinkedHashMap<>(views));
        if (views.isEmpty()) {
            throw new IllegalArgumentException("a blend has no view; name at least one");
        }
    }

    /// Returns the blend of a single view.
    public static Blend of(String view) {
        return even(List.of(view));
    }

    /// Returns the unweighted sum of some views.
    public static Blend even(List<String> views) {
        Map<String, Part> parts = new LinkedHashMap<>();
        views.forEach(view -> parts.put(view, new Part(1, Recency.NONE)));
        return new Blend(parts);
    }

    /// Recency weights of a view; equal weights for a view without a part.
    public Recency recency(String view) {
        return views.containsKey(view) ? views.get(view).recency() : Recency.NONE;
    }

    /// Parses the blend of a manifest.
    ///
    /// @throws IllegalArgumentException naming the faulty setting
    public static Blend of(Map<String, Object> tree) {
        return SettingsMapper.read(tree, Blend.class);
    }
}
