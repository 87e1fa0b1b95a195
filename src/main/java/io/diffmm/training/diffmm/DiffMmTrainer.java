package io.diffmm.training.diffmm;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.Dataset;
import io.diffmm.model.ModelFamily;
import io.diffmm.model.SettingsMapper;
import io.diffmm.model.diffmm.DiffMmFamily;
import io.diffmm.model.diffmm.DiffMmSettings;
import io.diffmm.model.diffmm.DiffMmViews;
import io.diffmm.training.TrainerFamily;
import io.diffmm.training.TrainingRun;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// DiffMM among the families that can be trained.
public final class DiffMmTrainer implements TrainerFamily {

    private static final String OPTIMISATION = "optimisation";

    @Override
    public ModelFamily model() {
        return new DiffMmFamily();
    }

    @Override
    public List<String> presets() {
        return List.of("tiktok", "demo", "paper", "baby", "sports");
    }

    @Override
    public Schedule schedule(Map<String, Object> settings) {
        DiffMmSettings.Optimisation optimisation = read(settings).optimisation();
        return new Schedule(optimisation.epochs(), optimisation.patience(), 1);
    }

    @Override
    public Map<String, Object> withEpochs(Map<String, Object> settings, int epochs) {
        DiffMmSettings checked = read(settings);
        Map<String, Object> changed = new LinkedHashMap<>(SettingsMapper.write(checked));
        Map<String, Object> optimisation = new LinkedHashMap<>(SettingsMapper.write(checked.optimisation()));
        optimisation.put("epochs", epochs);
        changed.put(OPTIMISATION, optimisation);
        return changed;
    }

    @Override
    public List<String> views(Dataset dataset) {
        Stream<String> rows = dataset.features().stream().map(features -> DiffMmViews.DENOISED + features.modality());
        return Stream.concat(Stream.of(DiffMmViews.EMBEDDINGS), rows).toList();
    }

    @Override
    public TrainingRun open(Dataset dataset, Map<String, Object> settings, long seed, NDManager manager) {
        if (dataset.features().isEmpty()) {
            throw new IllegalArgumentException(
                    "DiffMM needs features of the items: add at least one .npy file, one row an item, to the dataset");
        }
        return new DiffMmTrainingRun(dataset, read(settings), seed, manager);
    }

    private static DiffMmSettings read(Map<String, Object> settings) {
        return DiffMmSettings.of(settings);
    }
}
