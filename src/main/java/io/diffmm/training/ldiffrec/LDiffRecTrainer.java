package io.diffmm.training.ldiffrec;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.Dataset;
import io.diffmm.model.SettingsMapper;
import io.diffmm.model.denoiser.Optimisation;
import io.diffmm.model.ldiffrec.LDiffRecFamily;
import io.diffmm.model.ldiffrec.LDiffRecSettings;
import io.diffmm.training.TrainerFamily;
import io.diffmm.training.TrainingRun;
import java.util.List;
import java.util.Map;

/// L-DiffRec among the families that can be trained.
public class LDiffRecTrainer implements TrainerFamily {

    private final LDiffRecFamily model;

    /// L-DiffRec.
    public LDiffRecTrainer() {
        this(LDiffRecFamily.L_DIFFREC);
    }

    /// LT-DiffRec, whose recent interactions weigh more.
    public static final class Temporal extends LDiffRecTrainer {

        public Temporal() {
            super(LDiffRecFamily.LT_DIFFREC);
        }
    }

    private LDiffRecTrainer(LDiffRecFamily model) {
        this.model = model;
    }

    @Override
    public LDiffRecFamily model() {
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
        LDiffRecSettings own = model.settings(settings);
        return SettingsMapper.write(new LDiffRecSettings(
                own.temporal(),
                own.latent(),
                own.diffusion(),
                own.optimisation().withEpochs(epochs)));
    }

    @Override
    public List<String> views(Dataset dataset) {
        return List.of(name());
    }

    @Override
    public TrainingRun open(Dataset dataset, Map<String, Object> settings, long seed, NDManager manager) {
        return new LDiffRecTrainingRun(dataset, model, model.settings(settings), seed, manager);
    }
}
