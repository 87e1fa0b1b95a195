package io.diffmm.training;

import io.diffmm.model.SettingsMapper;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// Every hyper-parameter of a job, checked.
///
/// @param family those of the model's family
/// @param views those of the views beside it
record JobSettings(Map<String, Object> family, ViewSettings views) {

    private static final String VIEWS = "views";

    JobSettings {
        family = Collections.unmodifiableMap(new LinkedHashMap<>(family));
    }

    /// The settings of a request.
    ///
    /// @throws IllegalArgumentException naming the setting or preset that is wrong
    static JobSettings of(TrainingRequest request, TrainerFamily family) {
        return of(SettingsFile.read(request.config(), family.presets()), request.epochs(), family);
    }

    /// Settings as a file has them.
    ///
    /// @param epochs at most; as the settings say if absent
    /// @throws IllegalArgumentException naming the setting that is wrong
    static JobSettings of(Map<String, Object> settings, OptionalInt epochs, TrainerFamily family) {
        Map<String, Object> tree = new LinkedHashMap<>(settings);
        ViewSettings views = views(tree.remove(VIEWS));
        family.schedule(tree); // refuses wrong settings before the data are read
        return new JobSettings(epochs.isPresent() ? family.withEpochs(tree, epochs.getAsInt()) : tree, views);
    }

    private static ViewSettings views(@Nullable Object tree) {
        if (!(tree instanceof Map<?, ?> section)) {
            throw new IllegalArgumentException("views is %s; need the settings of the views".formatted(tree));
        }
        Map<String, Object> copy = new LinkedHashMap<>();
        section.forEach((key, value) -> copy.put(String.valueOf(key), value));
        return ViewSettings.of(copy);
    }

    /// As a settings file has them.
    Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>(family);
        tree.put(VIEWS, SettingsMapper.write(views));
        return tree;
    }
}
