package io.diffmm.training.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.diffusion.NoiseSchedule;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.diffusion.StepEmbedding;
import io.diffmm.engine.EngineArrays;
import io.diffmm.engine.EngineScript;
import io.diffmm.model.diffmm.DiffMm;
import io.diffmm.model.diffmm.DiffMmSettings;
import io.diffmm.training.AdamOptimiser;
import io.diffmm.training.TrainingRun;
import java.util.List;
import java.util.random.RandomGenerator;

/// Trains a denoiser to give back the row that it was given with noise: the evidence lower bound and the
/// modality signal injected into it (Jiang et al. 2024, section 3.2).
///
/// ```
/// x_t    = dropout( sqrt(abar_t) x_0 + sqrt(1 - abar_t) noise ),  each row at a step t of its own
/// L_elbo = mean over rows of  w_t mean_i (xhat - x_0)^2          w_t = SNR(t - 1) - SNR(t)
/// L_msi  = mean over rows, d of  (xhat F_m - x_0 E_i)^2          F_m, E_i constants here
/// loss   = L_elbo + lambda0 L_msi
/// ```
///
/// A step's loss and gradients are one program, `reconstruction-step.pt`. It keeps the denoiser's arrays alive,
/// and sees them as they change.
final class ReconstructionTrainer implements DenoiserTrainer {

    private final NDManager manager;
    private final DiffMm model;
    private final int modality;
    private final EngineScript program;
    private final NoiseSchedule schedule;
    private final StepEmbedding embedding;
    private final AdamOptimiser optimiser;

    /// A trainer of the model's own arrays.
    ReconstructionTrainer(NDManager manager, DiffMm model, int modality) {
        DiffMmSettings.Diffusion settings = model.settings().diffusion();
        this.manager = manager;
        this.model = model;
        this.modality = modality;
        this.program = DenoiserProgram.open(
                "reconstruction-step",
                model.denoiser(modality),
                model.settings().optimisation().products(),
                manager);
        this.schedule = settings.schedule();
        this.embedding = new StepEmbedding(settings.stepEmbedding());
        this.optimiser = new AdamOptimiser(
                manager,
                "denoiser." + model.modalities().get(modality),
                model.denoiserParameters(modality),
                settings.learningRate());
        try (NDManager scope = manager.newSubManager()) {
            float[] numbers = {(float) settings.dropout(), (float) settings.msiWeight()};
            program.call("weigh", scope, EngineArrays.dense(scope, numbers, new Shape(numbers.length)));
        }
    }

    @Override
    public int stepsPerEpoch() {
        return UserBatches.count(model.histories().rows(), batchSize());
    }

    private int batchSize() {
        return model.settings().diffusion().batchSize();
    }

    @Override
    public void epoch(int[] users, RandomGenerator random, TrainingRun.StepListener progress) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray mapped = model.mappedFeatures(modality, scope); // F_m [I, d]
            UserBatches.of(model.histories(), users, batchSize())
                    .forEach(batch -> progress.step(STAGE, step(batch, mapped, random)));
        }
    }

    /// One step on a batch of users; gives the loss before it.
    private float step(List<int[]> histories, NDArray mapped, RandomGenerator random) {
        SparseRows rows = SparseRows.clicks(model.histories().columns(), histories);
        int[] steps = random.ints(rows.size(), 1, schedule.steps() + 1).toArray();
        return optimiser.step(scope -> program.callForList(
                "forward",
                scope,
                rows.columns(scope),
                rows.offsets(scope),
                rates(steps, scope),
                embedding.of(steps, scope),
                mapped,
                model.graphParameters().items()));
    }

    /// Rate of the signal, of the noise, and weight of the error of each row, `[B, 3]`.
    private NDArray rates(int[] steps, NDManager scope) {
        float[] rates = new float[3 * steps.length];
        for (int row = 0; row < steps.length; row++) {
            rates[3 * row] = (float) schedule.signalRate(steps[row]);
            rates[3 * row + 1] = (float) schedule.noiseRate(steps[row]);
            rates[3 * row + 2] = (float) schedule.lossWeight(steps[row]);
        }
        return EngineArrays.dense(scope, rates, new Shape(steps.length, 3));
    }

    @Override
    public NDList state(NDManager scope) {
        return optimiser.state(scope);
    }

    @Override
    public void restore(NDList state) {
        optimiser.restore(state);
    }
}
