package io.diffmm.families.mfbpr;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.engine.EngineArrays;
import io.diffmm.engine.EngineScript;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.ItemVectors;
import io.diffmm.retrieval.Precision;
import io.diffmm.safetensors.Tensors;
import io.diffmm.training.AdamOptimiser;
import io.diffmm.training.SeedSequence;
import io.diffmm.training.TrainerFamily;
import io.diffmm.training.TrainingRun;
import io.diffmm.training.Triples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Training of MF-BPR: Adam on triples of a user, an item of the history and a random item outside it. The loss and its
/// gradients, by automatic differentiation, are the program `mf-bpr-step.pt`.
public final class MfBprTrainer implements TrainerFamily<MfBprFamily.Settings> {

    @Override
    public MfBprFamily model() {
        return new MfBprFamily();
    }

    @Override
    public Schedule schedule(MfBprFamily.Settings settings) {
        MfBprFamily.Optimisation own = settings.optimisation();
        return new Schedule(own.epochs(), own.patience(), own.interval());
    }

    @Override
    public MfBprFamily.Settings withEpochs(MfBprFamily.Settings settings, int epochs) {
        return new MfBprFamily.Settings(
                settings.embeddingSize(),
                settings.foldIn(),
                settings.optimisation().withEpochs(epochs));
    }

    @Override
    public TrainingRun open(Dataset dataset, MfBprFamily.Settings settings, long seed, NDManager manager) {
        return new Run(dataset.train(), model(), settings, seed, manager);
    }

    /// Parameters of a model in training. Memory: the arrays belong to the manager given.
    ///
    /// @param users `[U, d]`
    /// @param items `[I, d]`
    /// @param biases `[I]`
    record Parameters(NDArray users, NDArray items, NDArray biases) {

        /// Draws vectors from the uniform distribution of Glorot and Bengio 2010, `+-sqrt(6 / (rows + d))`; biases
        /// are 0.
        static Parameters random(NDManager manager, int users, int items, int size) {
            return new Parameters(
                    vectors(manager, users, size), vectors(manager, items, size), manager.zeros(new Shape(items)));
        }

        private static NDArray vectors(NDManager manager, int rows, int size) {
            float bound = (float) Math.sqrt(6.0 / (rows + size));
            return manager.randomUniform(-bound, bound, new Shape(rows, size), DataType.FLOAT32);
        }

        /// Loads the step's program for these parameters, whose later values it uses.
        EngineScript step(double regularisation, NDManager manager) {
            EngineScript program = EngineScript.load("mf-bpr-step", manager);
            try (NDManager scope = manager.newSubManager()) {
                NDArray weight = EngineArrays.dense(scope, new float[] {(float) regularisation}, new Shape(1));
                program.call("prepare", scope, users, items, biases, weight);
            }
            return program;
        }

        /// Arrays under their names, in the order of the step's gradients.
        NDList all() {
            users.setName("user.vectors");
            NDList all = new NDList(users);
            all.addAll(published());
            return all;
        }

        /// Arrays to publish.
        NDList published() {
            items.setName(MfBprFamily.VECTORS);
            biases.setName(MfBprFamily.BIASES);
            return new NDList(items, biases);
        }
    }

    /// Training of one model.
    private static final class Run implements TrainingRun {

        private static final Stage RANKING = new Stage("ranking", List.of("optimisation.learning-rate"), false);

        private final NDManager manager;
        private final SeedSequence chance;
        private final InteractionMatrix histories;
        private final MfBprFamily family;
        private final MfBprFamily.Settings settings;
        private final Parameters parameters;
        private final EngineScript program;
        private final AdamOptimiser optimiser;

        Run(
                InteractionMatrix histories,
                MfBprFamily family,
                MfBprFamily.Settings settings,
                long seed,
                NDManager parent) {
            this.manager = parent.newSubManager();
            this.chance = new SeedSequence(seed, manager.getEngine());
            this.histories = histories;
            this.family = family;
            this.settings = settings;
            chance.begin(0);
            MfBprFamily.Optimisation own = settings.optimisation();
            this.parameters =
                    Parameters.random(manager, histories.rows(), histories.columns(), settings.embeddingSize());
            this.program = parameters.step(own.regularisation(), manager);
            this.optimiser = new AdamOptimiser(manager, "adam", parameters.all(), own.learningRate());
        }

        @Override
        public int stepsPerEpoch() {
            return Math.ceilDiv(histories.size(), settings.optimisation().batchSize());
        }

        @Override
        public List<Stage> stages() {
            return List.of(RANKING);
        }

        @Override
        public void epoch(int number, StepListener progress) {
            Triples triples = Triples.draw(histories, chance.begin(number));
            int batch = settings.optimisation().batchSize();
            for (int from = 0; from < triples.size(); from += batch) {
                Triples.Batch chosen = triples.batch(from, batch);
                progress.step(RANKING.name(), optimiser.step(scope -> lossAndGradients(chosen, scope)));
            }
        }

        private NDList lossAndGradients(Triples.Batch batch, NDManager scope) {
            return program.differentiate(
                    scope,
                    EngineArrays.integers(scope, batch.users()),
                    EngineArrays.integers(scope, batch.positives()),
                    EngineArrays.integers(scope, batch.negatives()));
        }

        @Override
        public BlendedRecommender recommender() {
            NDManager own = manager.newSubManager();
            ItemVectors items = ItemVectors.of(parameters.items(), parameters.biases(), own);
            ItemSearches searches = ItemSearches.scans(Precision.FLOAT32, own);
            return BlendedRecommender.ofFirst(family.view(items, settings, searches, own), manager);
        }

        @Override
        public void write(Path weights) throws IOException {
            Tensors.write(weights, parameters.published());
        }

        @Override
        public NDList state(NDManager scope) {
            NDList state = parameters.all();
            state.addAll(optimiser.state(scope));
            return state;
        }

        @Override
        public void restore(NDList state) {
            Tensors.copyInto(state, parameters.all());
            optimiser.restore(state);
        }

        @Override
        public void close() {
            manager.close();
        }
    }
}
