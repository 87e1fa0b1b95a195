package io.diffmm.families.ldiffrec;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.diffusion.StepEmbedding;
import io.diffmm.engine.EngineArrays;
import io.diffmm.engine.EngineScript;
import io.diffmm.families.denoiser.DenoiserSettings;
import io.diffmm.families.denoiser.DenoiserSettings.Objective;
import io.diffmm.families.denoiser.DenoiserTask;
import io.diffmm.families.denoiser.HistoryRows;
import io.diffmm.families.denoiser.HistorySplit;
import io.diffmm.families.denoiser.NoiseLevels;
import io.diffmm.families.denoiser.Optimisation;
import io.diffmm.families.denoiser.TrainedWeights;
import io.diffmm.families.denoiser.UserBatches;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.Precision;
import io.diffmm.safetensors.Tensors;
import io.diffmm.training.AdamOptimiser;
import io.diffmm.training.SeedSequence;
import io.diffmm.training.TrainerFamily;
import io.diffmm.training.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Training of L-DiffRec: the autoencoder and the denoiser of its latent rows together (Wang et al. 2023, section
/// 3.3).
///
/// ```
/// m, s   = tanh( dropout(x) W + b ),  mean and log-variance      x: input, y: target
/// z      = m + exp(s / 2) chance
/// z_t    = sqrt(abar_t) z + sqrt(1 - abar_t) noise               each row at its own step t
/// zhat_0 = a_t z_t + b_t output( dropout(z_t), t )               a_t, b_t by the meaning of the output
/// loss   = mean over rows of  - sum_i y log softmax(zhat_0 V + v)
///          + divergence * mean of  sum_l (m^2 + exp(s) - s - 1) / 2
///          + lambda * mean of  w_t mean_l (zhat_0 - z)^2
/// ```
///
/// For reconstruction y is x; for the other objectives a history is split, and the softmax excludes the items of the
/// input. One program, `latent-step.pt`, computes the loss and gradients of a step.
public class LDiffRecTrainer implements TrainerFamily<LDiffRecSettings> {

    private final LDiffRecFamily model;

    /// L-DiffRec.
    public LDiffRecTrainer() {
        this(new LDiffRecFamily());
    }

    private LDiffRecTrainer(LDiffRecFamily model) {
        this.model = model;
    }

    /// Training of LT-DiffRec.
    public static final class Temporal extends LDiffRecTrainer {

        /// LT-DiffRec.
        public Temporal() {
            super(new LDiffRecFamily.Temporal());
        }
    }

    @Override
    public LDiffRecFamily model() {
        return model;
    }

    @Override
    public Schedule schedule(LDiffRecSettings settings) {
        Optimisation own = settings.optimisation();
        return new Schedule(own.epochs(), own.patience(), own.interval());
    }

    @Override
    public LDiffRecSettings withEpochs(LDiffRecSettings settings, int epochs) {
        return new LDiffRecSettings(
                settings.temporal(),
                settings.latent(),
                settings.diffusion(),
                settings.optimisation().withEpochs(epochs));
    }

    @Override
    public TrainingRun open(Dataset dataset, LDiffRecSettings settings, long seed, NDManager manager) {
        return new Run(dataset, model, settings, seed, manager);
    }

    /// Training on the rows of all users.
    private static final class Run implements TrainingRun {

        private static final Stage STAGE =
                new Stage("diffusion", List.of("diffusion.learning-rate", "latent.learning-rate"), false);
        private static final int AUTOENCODER_WEIGHTS = 6;

        private final NDManager manager;
        private final SeedSequence seeds;
        private final InteractionMatrix histories;
        private final LDiffRecFamily family;
        private final LDiffRecSettings settings;
        private final LatentModel model;
        private final HistorySplit.Rule splits;
        private final HistoryRows rows;
        private final TrainedWeights autoencoder;
        private final TrainedWeights denoiser;
        private final EngineScript program;
        private final NoiseLevels levels;
        private final StepEmbedding embedding;

        Run(Dataset dataset, LDiffRecFamily family, LDiffRecSettings settings, long seed, NDManager parent) {
            this.manager = parent.newSubManager();
            this.seeds = new SeedSequence(seed, manager.getEngine());
            this.histories = dataset.train();
            this.family = family;
            this.settings = settings;
            seeds.begin(0);
            this.model = LatentModel.random(
                    manager, histories.columns(), ItemGroups.of(dataset, settings.latent(), seed, manager), settings);
            DenoiserSettings own = settings.diffusion();
            this.splits = HistorySplit.Rule.of(own.objective());
            this.rows = HistoryRows.of(histories.columns(), own, settings.temporal());
            this.autoencoder = new TrainedWeights(
                    manager,
                    "autoencoder",
                    model.autoencoderWeights(),
                    own.averaging(),
                    settings.latent().learningRate(),
                    settings.latent().weightDecay());
            this.denoiser = new TrainedWeights(
                    manager,
                    "denoiser",
                    model.denoiserWeights(),
                    own.averaging(),
                    own.learningRate(),
                    own.weightDecay());
            this.program = program();
            this.levels = new NoiseLevels("denoiser", own);
            this.embedding = new StepEmbedding(own.stepEmbedding());
        }

        private EngineScript program() {
            Denoiser trained = Denoiser.of(denoiser.weights(), denoiser.prefix() + LDiffRecFamily.DENOISER);
            EngineScript opened = DenoiserTask.open(
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

        @Override
        public int stepsPerEpoch() {
            IntStream all = IntStream.range(0, histories.rows());
            return UserBatches.count(
                    splits.divisible(histories, all).length,
                    settings.diffusion().batchSize());
        }

        @Override
        public List<Stage> stages() {
            return List.of(STAGE);
        }

        @Override
        public void epoch(int number, StepListener progress) {
            RandomGenerator random = seeds.begin(number);
            int[] users = UserBatches.shuffled(histories, random);
            int[] divisible = splits.divisible(histories, Arrays.stream(users));
            List<List<int[]>> batches = UserBatches.of(
                            histories, divisible, settings.diffusion().batchSize())
                    .toList();
            long before = (long) (number - 1) * batches.size();
            for (int batch = 0; batch < batches.size(); batch++) {
                double divergence = settings.latent().divergenceAfter(before + batch);
                float[] shares = {(float) divergence, (float) settings.latent().diffusionIn(number)};
                progress.step(STAGE.name(), step(batches.get(batch), shares, random));
            }
        }

        /// Takes one step on a batch of users and returns the loss before it.
        ///
        /// @param shares weights of the divergence and of the diffusion's error in the loss
        private float step(List<int[]> batch, float[] shares, RandomGenerator random) {
            List<HistorySplit> drawn =
                    batch.stream().map(history -> splits.draw(history, random)).toList();
            SparseRows input = rows.of(drawn.stream().map(HistorySplit::input).toList());
            SparseRows target = target(drawn, input);
            NoiseLevels.Drawn noise = levels.draw(batch.size(), random);
            try (NDManager scope = manager.newSubManager()) {
                NDList results = program.callForList(
                        "forward",
                        scope,
                        input.columns(scope),
                        input.offsets(scope),
                        input.values(scope),
                        target.columns(scope),
                        target.offsets(scope),
                        target.values(scope),
                        noise.rates(scope),
                        embedding.of(noise.steps(), scope),
                        EngineArrays.dense(scope, shares, new Shape(shares.length)));
                float loss = AdamOptimiser.finite(results.remove(0));
                noise.record(results.remove(0));
                autoencoder.apply(results.subList(0, AUTOENCODER_WEIGHTS));
                denoiser.apply(results.subList(AUTOENCODER_WEIGHTS, results.size()));
                return loss;
            }
        }

        private SparseRows target(List<HistorySplit> drawn, SparseRows input) {
            return settings.diffusion().objective() == Objective.RECONSTRUCTION
                    ? input
                    : rows.targets(rows.sum())
                            .of(drawn.stream().map(HistorySplit::target).toList());
        }

        @Override
        public BlendedRecommender recommender() {
            NDManager own = manager.newSubManager();
            ItemSearches searches = ItemSearches.scans(Precision.FLOAT32, own);
            return BlendedRecommender.ofFirst(
                    family.views(model.autoencoder(), model.denoiser(), settings, searches, own), manager);
        }

        @Override
        public void write(Path weights) throws IOException {
            Tensors.write(weights, model.published());
        }

        @Override
        public NDList state(NDManager scope) {
            NDList state = model.parameters();
            state.addAll(autoencoder.state(scope));
            state.addAll(denoiser.state(scope));
            state.addAll(levels.sampler().state(scope));
            return state;
        }

        @Override
        public void restore(NDList state) {
            Tensors.copyInto(state, model.parameters());
            autoencoder.restore(state);
            denoiser.restore(state);
            levels.sampler().restore(state);
        }

        @Override
        public void close() {
            manager.close();
        }
    }
}
