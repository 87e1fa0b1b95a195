package io.diffmm.training;

import io.diffmm.model.SettingsMapper;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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
        return of(SettingsFile.read(request.config(), family), request.epochs(), family);
    }

    /// Settings as a file has them.
    ///
    /// @param epochs at most; as the settings say if absent
    /// @throws IllegalArgumentException naming the setting that is wrong
    static JobSettings of(Map<String, Object> tree, OptionalInt epochs, TrainerFamily family) {
        JobSettings settings = unchecked(tree);
        int most = epochs.orElse(family.schedule(settings.family()).epochs()); // refuses what is wrong
        return new JobSettings(family.withEpochs(settings.family(), most), settings.views());
    }

    /// The settings that `config` means, those of the family unchecked.
    ///
    /// @param family whose presets are allowed
    /// @throws IllegalArgumentException naming the setting or preset that is wrong
    static JobSettings read(Optional<String> config, TrainerFamily family) {
        return unchecked(SettingsFile.read(config, family));
    }

    private static JobSettings unchecked(Map<String, Object> settings) {
        Map<String, Object> family = new LinkedHashMap<>(settings);
        ViewSettings views = views(family.remove(VIEWS));
        return new JobSettings(family, views);
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
