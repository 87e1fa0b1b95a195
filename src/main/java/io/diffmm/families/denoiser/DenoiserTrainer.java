package io.diffmm.families.denoiser;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.diffusion.Prediction;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.diffusion.StepEmbedding;
import io.diffmm.engine.EngineArrays;
import io.diffmm.engine.EngineScript;
import io.diffmm.families.denoiser.DenoiserSettings.Likelihood;
import io.diffmm.families.denoiser.DenoiserTask.ModalitySignal;
import io.diffmm.training.TrainingRun;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Training of a denoiser by one of the objectives. The model's denoiser contains the current weights.
public sealed interface DenoiserTrainer {

    /// Stage of the training steps.
    TrainingRun.Stage STAGE = new TrainingRun.Stage("diffusion", List.of("diffusion.learning-rate"), false);

    /// Opens the trainer of a task's objective; the denoiser has been initialised.
    ///
    /// @param manager owner of its arrays
    static DenoiserTrainer of(NDManager manager, DenoiserTask task) {
        return switch (task.settings().objective()) {
            case RECONSTRUCTION -> new Reconstruction(manager, task);
            case HIDDEN_ITEMS, LATER_ITEMS -> new HiddenItems(manager, task);
        };
    }

    /// Number of steps of an epoch.
    int stepsPerEpoch();

    /// Trains on every user.
    ///
    /// @param users all rows of the histories, in the order of the epoch
    /// @param random source of all draws, except those of the engine's generator
    void epoch(int[] users, RandomGenerator random, TrainingRun.StepListener progress);

    /// Returns the state that the next epoch depends on, in addition to the model's parameters.
    ///
    /// @param scope owner of new arrays
    NDList state(NDManager scope);

    /// Restores a state.
    void restore(NDList state);

    /// Training of a denoiser to rank items hidden from it: a part of every history is hidden, at random or
    /// everything after a point in time, and predicted from the rest.
    ///
    /// ```
    /// x    = row of the input                       same sum as rows in serving
    /// y    = row of the target                      same sum; 1 for the multinomial likelihood
    /// xhat = output( dropout(x), t )                each row at its own step t
    ///
    /// gaussian:     loss = mean over rows of  sum_i (xhat - y)^2          without the items of x
    /// multinomial:  loss = mean over rows of  - sum_i y log softmax(xhat)  without the items of x
    /// ```
    ///
    /// There is no noise: a denoiser trained to return its own input memorises sparse rows, with noise or without;
    /// one trained to predict other items cannot. Histories of a single item are not used.
    ///
    /// One program, `hidden-items-step.pt`, computes the loss and gradients of a step.
    final class HiddenItems implements DenoiserTrainer {

        private final DenoiserTask task;
        private final HistorySplit.Rule splits;
        private final HistoryRows targets;
        private final TrainedWeights trained;
        private final EngineScript program;
        private final StepEmbedding embedding;

        HiddenItems(NDManager manager, DenoiserTask task) {
            DenoiserSettings settings = task.settings();
            this.task = task;
            this.splits = HistorySplit.Rule.of(settings.objective());
            this.targets = switch (settings.likelihood()) {
                case GAUSSIAN -> task.rows().targets(task.rows().sum());
                case MULTINOMIAL -> task.rows().targets(1);
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
                    splits.divisible(task.histories(), all).length,
                    task.settings().batchSize());
        }

        @Override
        public void epoch(int[] users, RandomGenerator random, TrainingRun.StepListener progress) {
            int[] divisible = splits.divisible(task.histories(), Arrays.stream(users));
            UserBatches.of(task.histories(), divisible, task.settings().batchSize())
                    .forEach(batch -> progress.step(STAGE.name(), step(batch, random)));
        }

        /// Takes one step on a batch of users and returns the loss before it.
        private float step(List<int[]> batch, RandomGenerator random) {
            List<HistorySplit> drawn =
                    batch.stream().map(history -> splits.draw(history, random)).toList();
            SparseRows input =
                    task.rows().of(drawn.stream().map(HistorySplit::input).toList());
            SparseRows target =
                    targets.of(drawn.stream().map(HistorySplit::target).toList());
            int[] steps = random.ints(batch.size(), 1, task.settings().trainedSteps() + 1)
                    .toArray();
            return trained.step(scope -> program.callForList(
                    "forward",
                    scope,
                    input.columns(scope),
                    input.offsets(scope),
                    input.values(scope),
                    target.columns(scope),
                    target.offsets(scope),
                    target.values(scope),
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

    /// Training of a denoiser to remove noise from a row: the evidence lower bound (Wang et al. 2023, section 3.2),
    /// and for DiffMM the modality signal injected into it (Jiang et al. 2024, section 3.2).
    ///
    /// ```
    /// x_t    = sqrt(abar_t) x_0 + sqrt(1 - abar_t) noise    each row at its own step t
    /// xhat_0 = a_t x_t + b_t output( dropout(x_t), t )      a_t, b_t by the meaning of the output
    /// L_elbo = mean over rows of  w_t mean_i (xhat_0 - x_0)^2          w_t = SNR(t - 1) - SNR(t)
    /// L_msi  = mean over rows, d of  (xhat_0 F_m - x_0 E_i)^2          F_m, E_i constants here
    /// loss   = L_elbo + lambda0 L_msi
    /// ```
    ///
    /// One program, `reconstruction-step.pt`, computes the loss and gradients of a step. It keeps the denoiser's
    /// arrays alive and reads their current values.
    final class Reconstruction implements DenoiserTrainer {

        private final NDManager manager;
        private final DenoiserTask task;
        private final TrainedWeights trained;
        private final EngineScript program;
        private final NoiseLevels levels;
        private final StepEmbedding embedding;

        Reconstruction(NDManager manager, DenoiserTask task) {
            DenoiserSettings settings = task.settings();
            this.manager = manager;
            this.task = task;
            this.trained = task.train(manager);
            this.program = task.open("reconstruction-step", trained, manager);
            this.levels = new NoiseLevels(task.name(), settings);
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
                NDArray mapped =
                        task.signal().map(signal -> signal.mapped(scope)).orElse(nothing); // F_m [I, d]
                NDArray embedded = task.signal().map(ModalitySignal::embedded).orElse(nothing); // E_i [I, d]
                UserBatches.of(task.histories(), users, task.settings().batchSize())
                        .forEach(batch -> progress.step(STAGE.name(), step(batch, mapped, embedded, random)));
            }
        }

        /// Takes one step on a batch of users and returns the loss before it.
        private float step(List<int[]> histories, NDArray mapped, NDArray embedded, RandomGenerator random) {
            SparseRows rows = task.rows().of(histories);
            NoiseLevels.Drawn drawn = levels.draw(rows.size(), random);
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
            state.addAll(levels.sampler().state(scope));
            return state;
        }

        @Override
        public void restore(NDList state) {
            trained.restore(state);
            levels.sampler().restore(state);
        }
    }
}
