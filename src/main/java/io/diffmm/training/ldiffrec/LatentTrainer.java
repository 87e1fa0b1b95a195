package io.diffmm.training.ldiffrec;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.diffusion.StepEmbedding;
import io.diffmm.engine.EngineArrays;
import io.diffmm.engine.EngineScript;
import io.diffmm.model.denoiser.DenoiserSettings;
import io.diffmm.model.denoiser.HistoryRows;
import io.diffmm.model.denoiser.Objective;
import io.diffmm.model.ldiffrec.LDiffRecFamily;
import io.diffmm.model.ldiffrec.LDiffRecSettings;
import io.diffmm.training.AdamOptimiser;
import io.diffmm.training.TrainingRun;
import io.diffmm.training.denoiser.DenoiserProgram;
import io.diffmm.training.denoiser.Division;
import io.diffmm.training.denoiser.Divisions;
import io.diffmm.training.denoiser.RowRates;
import io.diffmm.training.denoiser.TrainedWeights;
import io.diffmm.training.denoiser.UserBatches;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Trains an autoencoder and the denoiser of its latent rows together (Wang et al. 2023, section 3.3).
///
/// ```
/// m, s   = tanh( dropout(x) W + b ),  mean and log-variance      x, y: what is shown, what is wanted
/// z      = m + exp(s / 2) chance
/// z_t    = sqrt(abar_t) z + sqrt(1 - abar_t) noise,  each row at a step t of its own
/// zhat_0 = a_t z_t + b_t output( dropout(z_t), t )               by what the denoiser predicts
/// loss   = mean over rows of  - sum_i y log softmax(zhat_0 V + v)
///          + divergence * mean of  sum_l (m^2 + exp(s) - s - 1) / 2
///          + lambda * mean of  w_t mean_l (zhat_0 - z)^2
/// ```
///
/// For reconstruction y is x; for the other objectives a history is divided, and what is shown has no part in
/// the softmax. A step's loss and gradients are one program, `latent-step.pt`.
final class LatentTrainer {

    private static final String STAGE = "diffusion";
    private static final int AUTOENCODER_WEIGHTS = 6;

    private final InteractionMatrix histories;
    private final LDiffRecSettings settings;
    private final Divisions divisions;
    private final HistoryRows rows;
    private final TrainedWeights autoencoder;
    private final TrainedWeights denoiser;
    private final EngineScript program;
    private final RowRates rates;
    private final StepEmbedding embedding;

    /// A trainer of a model.
    ///
    /// @param manager owns what it needs beside the model
    LatentTrainer(NDManager manager, InteractionMatrix histories, LatentModel model, LDiffRecSettings settings) {
        DenoiserSettings own = settings.diffusion();
        LDiffRecSettings.Latent latent = settings.latent();
        this.histories = histories;
        this.settings = settings;
        this.divisions = Divisions.of(own.objective());
        this.rows = HistoryRows.of(histories.columns(), own, settings.temporal());
        this.autoencoder = new TrainedWeights(
                manager,
                "autoencoder",
                model.autoencoderWeights(),
                own.averaging(),
                latent.learningRate(),
                latent.weightDecay());
        this.denoiser = new TrainedWeights(
                manager, "denoiser", model.denoiserWeights(), own.averaging(), own.learningRate(), own.weightDecay());
        this.program = open(manager, model);
        this.rates = new RowRates("denoiser", own);
        this.embedding = new StepEmbedding(own.stepEmbedding());
    }

    private EngineScript open(NDManager manager, LatentModel model) {
        Denoiser trained = Denoiser.of(denoiser.weights(), denoiser.prefix() + LDiffRecFamily.DENOISER);
        EngineScript opened = DenoiserProgram.open(
                "latent-step", trained, settings.optimisation().products(), manager);
        NDList own = autoencoder.weights();
        try (NDManager scope = manager.newSubManager()) {
            opened.call("encode", scope, own.get(0), own.get(1), own.get(2), own.get(3), model.mask());
            float[] numbers = {
                (float) settings.latent().dropout(),
                (float) settings.diffusion().dropout(),
                settings.diffusion().objective() == Objective.RECONSTRUCTION ? 0 : 1
            };
            opened.call(
                    "decode",
                    scope,
                    own.get(4),
                    own.get(5),
                    EngineArrays.dense(scope, numbers, new Shape(numbers.length)));
        }
        return opened;
    }

    int stepsPerEpoch() {
        IntStream all = IntStream.range(0, histories.rows());
        return UserBatches.count(
                divisions.divisible(histories, all).length, settings.diffusion().batchSize());
    }

    /// Trains on every user.
    ///
    /// @param number of the epoch, from 1
    /// @param users all rows of the histories, in the order of the epoch
    void epoch(int number, int[] users, RandomGenerator random, TrainingRun.StepListener progress, NDManager manager) {
        int[] divisible = divisions.divisible(histories, Arrays.stream(users));
        List<List<int[]>> batches = UserBatches.of(
                        histories, divisible, settings.diffusion().batchSize())
                .toList();
        long before = (long) (number - 1) * batches.size();
        for (int batch = 0; batch < batches.size(); batch++) {
            double divergence = settings.latent().divergenceAfter(before + batch);
            float[] shares = {(float) divergence, (float) settings.latent().diffusionIn(number)};
            progress.step(STAGE, step(batches.get(batch), shares, random, manager));
        }
    }

    /// One step on a batch of users; gives the loss before it.
    private float step(List<int[]> batch, float[] shares, RandomGenerator random, NDManager manager) {
        List<Division> divided =
                batch.stream().map(history -> divisions.draw(history, random)).toList();
        SparseRows shown = rows.of(divided.stream().map(Division::shown).toList());
        SparseRows wanted = wanted(divided, shown);
        RowRates.Drawn drawn = rates.draw(batch.size(), random);
        try (NDManager scope = manager.newSubManager()) {
            NDList results = program.callForList(
                    "forward",
                    scope,
                    shown.columns(scope),
                    shown.offsets(scope),
                    shown.values(scope),
                    wanted.columns(scope),
                    wanted.offsets(scope),
                    wanted.values(scope),
                    drawn.rates(scope),
                    embedding.of(drawn.steps(), scope),
                    EngineArrays.dense(scope, shares, new Shape(shares.length)));
            float loss = AdamOptimiser.finite(results.remove(0));
            drawn.record(results.remove(0));
            autoencoder.apply(results.subList(0, AUTOENCODER_WEIGHTS));
            denoiser.apply(results.subList(AUTOENCODER_WEIGHTS, results.size()));
            return loss;
        }
    }

    private SparseRows wanted(List<Division> divided, SparseRows shown) {
        return settings.diffusion().objective() == Objective.RECONSTRUCTION
                ? shown
                : rows.wanted(rows.sum())
                        .of(divided.stream().map(Division::hidden).toList());
    }

    /// What the next epoch depends on beside the model's parameters.
    ///
    /// @param scope owns the arrays that are made for it
    NDList state(NDManager scope) {
        NDList state = autoencoder.state(scope);
        state.addAll(denoiser.state(scope));
        state.addAll(rates.sampler().state(scope));
        return state;
    }

    /// Goes back to a state.
    void restore(NDList state) {
        autoencoder.restore(state);
        denoiser.restore(state);
        rates.sampler().restore(state);
    }
}
