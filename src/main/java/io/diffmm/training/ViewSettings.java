package io.diffmm.training;

import io.diffmm.model.Recency;
import io.diffmm.model.SettingsMapper;
import io.diffmm.model.View;
import io.diffmm.training.linear.LinearSettings;
import java.util.Map;
import java.util.Optional;

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

    /// How a view weighs a history.
    public Recency recency(String view) {
        return Optional.ofNullable(recency.get(view))
                .or(() -> Optional.ofNullable(recency.get(View.kind(view))))
                .orElse(Recency.NONE);
    }
}
