package io.diffmm.training.diffmm;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.diffusion.StepEmbedding;
import io.diffmm.engine.EngineScript;
import io.diffmm.model.Tensors;
import io.diffmm.model.diffmm.DiffMm;
import io.diffmm.model.diffmm.DiffMmSettings;
import io.diffmm.training.AdamOptimiser;
import io.diffmm.training.TrainingRun;
import io.diffmm.training.WeightAverage;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Trains a denoiser to rank what it was not shown: of every history a random part is hidden, and the denoiser
/// is to give that part from the rest.
///
/// ```
/// x    = what is shown / how much that is       sums to 1, as the histories that are served do
/// y    = what is hidden / how much that is
/// loss = mean over rows of  sum_i (xhat(x, t) - y)^2, without the items of x;  each row at a step t of its own
/// ```
///
/// There is no noise: a denoiser that is asked for its own input memorises sparse rows, noise or not, and one
/// that is asked for something else has nothing to memorise. Who has a single item has no part to hide. The
/// model's denoiser is an average over the steps, what is trained lies beside it.
///
/// A step's loss and gradients are one program, `hidden-items-step.pt`.
final class HiddenItemsTrainer implements DenoiserTrainer {

    private final DiffMmSettings.Diffusion settings;
    private final InteractionMatrix histories;
    private final NDList weights;
    private final EngineScript program;
    private final StepEmbedding embedding;
    private final AdamOptimiser optimiser;
    private final WeightAverage average;

    /// A trainer of a copy of the model's denoiser, which follows it.
    HiddenItemsTrainer(NDManager manager, DiffMm model, int modality) {
        this.settings = model.settings().diffusion();
        this.histories = model.histories();
        String name = "denoiser." + model.modalities().get(modality);
        Denoiser trained = model.denoiser(modality).copy(manager);
        this.weights = trained.parameters("trained." + name + ".");
        this.program = DenoiserProgram.open(
                "hidden-items-step", trained, model.settings().optimisation().products(), manager);
        this.embedding = new StepEmbedding(settings.stepEmbedding());
        this.optimiser = new AdamOptimiser(manager, name, weights, settings.learningRate());
        this.average = new WeightAverage(manager, weights, model.denoiserParameters(modality), settings.averaging());
    }

    @Override
    public int stepsPerEpoch() {
        long users =
                IntStream.range(0, histories.rows()).filter(this::isDivisible).count();
        return UserBatches.count((int) users, settings.batchSize());
    }

    private boolean isDivisible(int user) {
        return histories.rowLength(user) > 1;
    }

    @Override
    public void epoch(int[] users, RandomGenerator random, TrainingRun.StepListener progress) {
        int[] divisible = Arrays.stream(users).filter(this::isDivisible).toArray();
        UserBatches.of(histories, divisible, settings.batchSize())
                .forEach(batch -> progress.step(STAGE, step(batch, random)));
    }

    /// One step on a batch of users; gives the loss before it.
    private float step(List<int[]> batch, RandomGenerator random) {
        List<Division> divisions =
                batch.stream().map(history -> Division.draw(history, random)).toList();
        SparseRows shown = shares(divisions.stream().map(Division::shown).toList());
        SparseRows hidden = shares(divisions.stream().map(Division::hidden).toList());
        int[] steps = random.ints(batch.size(), 1, settings.steps() + 1).toArray();
        float loss = optimiser.step(scope -> program.callForList(
                "forward",
                scope,
                shown.columns(scope),
                shown.offsets(scope),
                shown.values(scope),
                hidden.columns(scope),
                hidden.offsets(scope),
                hidden.values(scope),
                embedding.of(steps, scope)));
        average.follow();
        return loss;
    }

    private SparseRows shares(List<int[]> items) {
        return SparseRows.shares(histories.columns(), items);
    }

    @Override
    public NDList state(NDManager scope) {
        NDList state = new NDList(weights);
        state.addAll(optimiser.state(scope));
        return state;
    }

    @Override
    public void restore(NDList state) {
        Tensors.copyInto(state, weights);
        optimiser.restore(state);
    }
}
