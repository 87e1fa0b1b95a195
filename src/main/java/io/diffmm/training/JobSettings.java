package io.diffmm.training;

import io.diffmm.model.SettingsMapper;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        JobSettings settings = read(request.config(), family.presets());
        family.schedule(settings.family()); // refuses wrong settings before the data are read
        return request.epochs().isPresent()
                ? new JobSettings(
                        family.withEpochs(settings.family(), request.epochs().getAsInt()), settings.views())
                : settings;
    }

    /// The settings that `config` means, those of the family unchecked.
    ///
    /// @param presets the names that are allowed, the default first
    /// @throws IllegalArgumentException naming the setting or preset that is wrong
    static JobSettings read(Optional<String> config, List<String> presets) {
        Map<String, Object> tree = new LinkedHashMap<>(SettingsFile.read(config, presets));
        ViewSettings views = views(tree.remove(VIEWS));
        return new JobSettings(tree, views);
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
