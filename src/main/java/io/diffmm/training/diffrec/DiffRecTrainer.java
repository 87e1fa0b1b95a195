package io.diffmm.training.diffrec;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.Dataset;
import io.diffmm.model.diffrec.DiffRecFamily;
import io.diffmm.training.TrainingRun;
import io.diffmm.training.denoiser.SingleViewTrainer;
import java.util.Map;

/// DiffRec among the families that can be trained.
public class DiffRecTrainer extends SingleViewTrainer {

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
    public TrainingRun open(Dataset dataset, Map<String, Object> settings, long seed, NDManager manager) {
        return new DiffRecTrainingRun(dataset, model, model.settings(settings), seed, manager);
    }
}
