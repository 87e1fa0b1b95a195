package io.diffmm.training.diffrec;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.Dataset;
import io.diffmm.model.SettingsMapper;
import io.diffmm.model.denoiser.Optimisation;
import io.diffmm.model.diffrec.DiffRecFamily;
import io.diffmm.model.diffrec.DiffRecSettings;
import io.diffmm.training.TrainerFamily;
import io.diffmm.training.TrainingRun;
import java.util.List;
import java.util.Map;

/// DiffRec among the families that can be trained.
public class DiffRecTrainer implements TrainerFamily {

    private final DiffRecFamily model;

    /// DiffRec.
    public DiffRecTrainer() {
        this(DiffRecFamily.DIFFREC);
    }

    /// T-DiffRec, whose recent interactions weigh more.
    public static final class Temporal extends DiffRecTrainer {

        public Temporal() {
            super(DiffRecFamily.T_DIFFREC);
        }
    }

    private DiffRecTrainer(DiffRecFamily model) {
        this.model = model;
    }

    @Override
    public DiffRecFamily model() {
        return model;
    }

    @Override
    public List<String> presets() {
        return List.of("ml-1m", "paper", "demo");
    }

    @Override
    public Schedule schedule(Map<String, Object> settings) {
        Optimisation optimisation = model.settings(settings).optimisation();
        return new Schedule(optimisation.epochs(), optimisation.patience(), optimisation.interval());
    }

    @Override
    public Map<String, Object> withEpochs(Map<String, Object> settings, int epochs) {
        DiffRecSettings own = model.settings(settings);
        return SettingsMapper.write(new DiffRecSettings(
                own.temporal(), own.diffusion(), own.optimisation().withEpochs(epochs)));
    }

    @Override
    public List<String> views(Dataset dataset) {
        return List.of(name());
    }

    @Override
    public TrainingRun open(Dataset dataset, Map<String, Object> settings, long seed, NDManager manager) {
        return new DiffRecTrainingRun(dataset, model, model.settings(settings), seed, manager);
    }
}
