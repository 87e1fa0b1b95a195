package io.diffmm.training.denoiser;

import io.diffmm.datasets.Dataset;
import io.diffmm.model.SettingsMapper;
import io.diffmm.model.denoiser.Optimisation;
import io.diffmm.training.TrainerFamily;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the families that are nothing but a denoiser have in common as families that can be trained.
public abstract class SingleViewTrainer implements TrainerFamily {

    @Override
    public Schedule schedule(Map<String, Object> settings) {
        Optimisation optimisation = optimisation(settings);
        return new Schedule(optimisation.epochs(), optimisation.patience(), optimisation.interval());
    }

    @Override
    public Map<String, Object> withEpochs(Map<String, Object> settings, int epochs) {
        Optimisation changed = optimisation(settings).withEpochs(epochs);
        Map<String, Object> complete = new LinkedHashMap<>(complete(settings));
        complete.put(Optimisation.SECTION, SettingsMapper.write(changed));
        return complete;
    }

    @Override
    public List<String> views(Dataset dataset) {
        return List.of(name());
    }

    /// How long a model is trained.
    ///
    /// @throws IllegalArgumentException naming the setting that is unknown, missing or wrong
    protected abstract Optimisation optimisation(Map<String, Object> settings);

    /// Settings with everything that they do not mention.
    protected abstract Map<String, Object> complete(Map<String, Object> settings);
}
