package io.diffmm.training.denoiser;

import io.diffmm.datasets.Dataset;
import io.diffmm.model.SettingsMapper;
import io.diffmm.model.denoiser.Optimisation;
import io.diffmm.model.denoiser.SingleViewFamily;
import io.diffmm.training.TrainerFamily;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the families that are nothing but a denoiser have in common as families that can be trained.
public abstract class SingleViewTrainer implements TrainerFamily {

    @Override
    public abstract SingleViewFamily model();

    /// Without an order in time there is nothing to weigh by it, and nothing later to predict.
    @Override
    public List<String> presets() {
        return model().isTemporal()
                ? List.of("ml-1m", "paper", "demo")
                : List.of("ml-1m", "unordered", "paper", "demo");
    }

    @Override
    public Schedule schedule(Map<String, Object> settings) {
        Optimisation optimisation = model().settings(settings).optimisation();
        return new Schedule(optimisation.epochs(), optimisation.patience(), optimisation.interval());
    }

    @Override
    public Map<String, Object> withEpochs(Map<String, Object> settings, int epochs) {
        SingleViewFamily.Settings given = model().settings(settings);
        Map<String, Object> complete = new LinkedHashMap<>(SettingsMapper.write(given));
        complete.put(
                Optimisation.SECTION, SettingsMapper.write(given.optimisation().withEpochs(epochs)));
        return complete;
    }

    @Override
    public List<String> views(Dataset dataset) {
        return List.of(name());
    }
}
