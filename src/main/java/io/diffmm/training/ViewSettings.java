package io.diffmm.training;

import io.diffmm.linear.LinearSettings;
import io.diffmm.model.Recency;
import io.diffmm.model.SettingsMapper;
import io.diffmm.model.View;
import io.diffmm.model.blend.BlendedRecommender;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The views of a model that do not come from its family, and how all of them weigh a history: the section `views` of
/// the settings.
///
/// @param linear how the linear view is fitted
/// @param recency how a view, or all views of a kind, weigh a history; views that are not named weigh all alike
public record ViewSettings(LinearSettings linear, Map<String, Recency> recency) {

    public ViewSettings {
        recency = Map.copyOf(recency);
    }

    /// The settings that `tree` describes.
    ///
    /// @throws IllegalArgumentException naming the setting that is unknown, missing or wrong
    static ViewSettings of(Map<String, Object> tree) {
        try {
            return SettingsMapper.read(tree, ViewSettings.class);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("views: " + e.getMessage(), e);
        }
    }

    /// Refuses names under `recency` that are neither of views nor of kinds.
    ///
    /// @param views of the family
    /// @throws IllegalArgumentException naming one that is none
    void requireKnown(List<String> views) {
        Set<String> known = new TreeSet<>(views);
        known.add(BlendedRecommender.LINEAR);
        views.forEach(view -> known.add(View.kind(view)));
        for (String name : recency.keySet()) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        "views.recency names '%s', which is no view; there are %s".formatted(name, known));
            }
        }
    }

    /// How a view weighs a history.
    public Recency recency(String view) {
        return Optional.ofNullable(recency.get(view))
                .or(() -> Optional.ofNullable(recency.get(View.kind(view))))
                .orElse(Recency.NONE);
    }
}
