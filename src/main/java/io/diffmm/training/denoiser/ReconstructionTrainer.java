package io.diffmm.training.denoiser;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.diffusion.Prediction;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.diffusion.StepEmbedding;
import io.diffmm.engine.EngineArrays;
import io.diffmm.engine.EngineScript;
import io.diffmm.model.denoiser.DenoiserSettings;
import io.diffmm.training.TrainingRun;
import java.util.List;
import java.util.random.RandomGenerator;

/// Trains a denoiser to give back the row that it was given with noise: the evidence lower bound (Wang et
/// al. 2023, section 3.2), and for DiffMM the modality signal injected into it (Jiang et al. 2024, section
/// 3.2).
///
/// ```
/// x_t    = sqrt(abar_t) x_0 + sqrt(1 - abar_t) noise,  each row at a step t of its own
/// xhat_0 = a_t x_t + b_t output( dropout(x_t), t )      by what the denoiser predicts
/// L_elbo = mean over rows of  w_t mean_i (xhat_0 - x_0)^2          w_t = SNR(t - 1) - SNR(t)
/// L_msi  = mean over rows, d of  (xhat_0 F_m - x_0 E_i)^2          F_m, E_i constants here
/// loss   = L_elbo + lambda0 L_msi
/// ```
///
/// A step's loss and gradients are one program, `reconstruction-step.pt`. It keeps the denoiser's arrays alive,
/// and sees them as they change.
final class ReconstructionTrainer implements DenoiserTrainer {

    private final NDManager manager;
    private final DenoiserTask task;
    private final TrainedWeights trained;
    private final EngineScript program;
    private final RowRates rates;
    private final StepEmbedding embedding;

    /// A trainer of the task's denoiser.
    ReconstructionTrainer(NDManager manager, DenoiserTask task) {
        DenoiserSettings settings = task.settings();
        this.manager = manager;
        this.task = task;
        this.trained = task.train(manager);
        this.program = task.open("reconstruction-step", trained, manager);
        this.rates = new RowRates(task.name(), settings);
        this.embedding = new StepEmbedding(settings.stepEmbedding());
        try (NDManager scope = manager.newSubManager()) {
            float[] numbers = {
                (float) settings.dropout(),
                task.signal().isPresent() ? (float) settings.msiWeight() : 0,
                settings.prediction() == Prediction.NOISE ? 1 : 0
            };
            program.call("weigh", scope, EngineArrays.dense(scope, numbers, new Shape(numbers.length)));
        }
    }

    @Override
    public int stepsPerEpoch() {
        return UserBatches.count(task.histories().rows(), task.settings().batchSize());
    }

    @Override
    public void epoch(int[] users, RandomGenerator random, TrainingRun.StepListener progress) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray nothing = scope.zeros(new Shape(0));
            NDArray mapped = task.signal().map(signal -> signal.mapped(scope)).orElse(nothing); // F_m [I, d]
            NDArray embedded = task.signal().map(ModalitySignal::embedded).orElse(nothing); // E_i [I, d]
            UserBatches.of(task.histories(), users, task.settings().batchSize())
                    .forEach(batch -> progress.step(STAGE, step(batch, mapped, embedded, random)));
        }
    }

    /// One step on a batch of users; gives the loss before it.
    private float step(List<int[]> histories, NDArray mapped, NDArray embedded, RandomGenerator random) {
        SparseRows rows = task.rows().of(histories);
        RowRates.Drawn drawn = rates.draw(rows.size(), random);
        return trained.step(scope -> {
            NDList results = program.callForList(
                    "forward",
                    scope,
                    rows.columns(scope),
                    rows.offsets(scope),
                    rows.values(scope),
                    drawn.rates(scope),
                    embedding.of(drawn.steps(), scope),
                    mapped,
                    embedded);
            drawn.record(results.remove(1));
            return results;
        });
    }

    @Override
    public NDList state(NDManager scope) {
        NDList state = trained.state(scope);
        state.addAll(rates.sampler().state(scope));
        return state;
    }

    @Override
    public void restore(NDList state) {
        trained.restore(state);
        rates.sampler().restore(state);
    }
}
