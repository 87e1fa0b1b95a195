package io.diffmm.training.ldiffrec;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.Dataset;
import io.diffmm.model.ldiffrec.LDiffRecFamily;
import io.diffmm.training.TrainingRun;
import io.diffmm.training.denoiser.SingleViewTrainer;
import java.util.Map;

/// L-DiffRec among the families that can be trained.
public class LDiffRecTrainer extends SingleViewTrainer {

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
    public TrainingRun open(Dataset dataset, Map<String, Object> settings, long seed, NDManager manager) {
        return new LDiffRecTrainingRun(dataset, model, model.settings(settings), seed, manager);
    }
}
