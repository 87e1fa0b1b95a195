package io.diffmm.training.denoiser;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.diffusion.StepEmbedding;
import io.diffmm.engine.EngineArrays;
import io.diffmm.engine.EngineScript;
import io.diffmm.model.denoiser.DenoiserSettings;
import io.diffmm.model.denoiser.HistoryRows;
import io.diffmm.model.denoiser.Likelihood;
import io.diffmm.training.TrainingRun;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Trains a denoiser to rank what it was not shown: of every history a part is hidden, at random or all after a
/// point in time, and the denoiser is to give that part from the rest.
///
/// ```
/// x    = the row of what is shown               sums to what the rows that are served do
/// y    = the row of what is hidden              sums to the same; for the multinomial likelihood to 1
/// xhat = output( dropout(x), t ),  each row at a step t of its own
///
/// gaussian:     loss = mean over rows of  sum_i (xhat - y)^2          without the items of x
/// multinomial:  loss = mean over rows of  - sum_i y log softmax(xhat)  without the items of x
/// ```
///
/// There is no noise: a denoiser that is asked for its own input memorises sparse rows, noise or not, and one
/// that is asked for something else has nothing to memorise. Who has a single item has no part to hide.
///
/// A step's loss and gradients are one program, `hidden-items-step.pt`.
final class HiddenItemsTrainer implements DenoiserTrainer {

    private final DenoiserTask task;
    private final Divisions divisions;
    private final HistoryRows wanted;
    private final TrainedWeights trained;
    private final EngineScript program;
    private final StepEmbedding embedding;

    /// A trainer of the task's denoiser.
    HiddenItemsTrainer(NDManager manager, DenoiserTask task) {
        DenoiserSettings settings = task.settings();
        this.task = task;
        this.divisions = Divisions.of(settings.objective());
        this.wanted = switch (settings.likelihood()) {
            case GAUSSIAN -> task.rows().wanted(task.rows().sum());
            case MULTINOMIAL -> task.rows().wanted(1);
        };
        this.trained = task.train(manager);
        this.program = task.open("hidden-items-step", trained, manager);
        this.embedding = new StepEmbedding(settings.stepEmbedding());
        try (NDManager scope = manager.newSubManager()) {
            float[] numbers = {(float) settings.dropout(), settings.likelihood() == Likelihood.MULTINOMIAL ? 1 : 0};
            program.call("weigh", scope, EngineArrays.dense(scope, numbers, new Shape(numbers.length)));
        }
    }

    @Override
    public int stepsPerEpoch() {
        IntStream all = IntStream.range(0, task.histories().rows());
        return UserBatches.count(
                divisions.divisible(task.histories(), all).length,
                task.settings().batchSize());
    }

    @Override
    public void epoch(int[] users, RandomGenerator random, TrainingRun.StepListener progress) {
        int[] divisible = divisions.divisible(task.histories(), Arrays.stream(users));
        UserBatches.of(task.histories(), divisible, task.settings().batchSize())
                .forEach(batch -> progress.step(STAGE, step(batch, random)));
    }

    /// One step on a batch of users; gives the loss before it.
    private float step(List<int[]> batch, RandomGenerator random) {
        List<Division> divided =
                batch.stream().map(history -> divisions.draw(history, random)).toList();
        SparseRows shown = task.rows().of(divided.stream().map(Division::shown).toList());
        SparseRows hidden = wanted.of(divided.stream().map(Division::hidden).toList());
        int[] steps = random.ints(batch.size(), 1, task.settings().steps() + 1).toArray();
        return trained.step(scope -> program.callForList(
                "forward",
                scope,
                shown.columns(scope),
                shown.offsets(scope),
                shown.values(scope),
                hidden.columns(scope),
                hidden.offsets(scope),
                hidden.values(scope),
                embedding.of(steps, scope)));
    }

    @Override
    public NDList state(NDManager scope) {
        return trained.state(scope);
    }

    @Override
    public void restore(NDList state) {
        trained.restore(state);
    }
}
