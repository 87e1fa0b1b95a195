package io.diffmm.families.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.families.denoiser.DenoiserSettings;
import io.diffmm.families.denoiser.DenoiserTask;
import io.diffmm.families.denoiser.DenoiserTask.ModalitySignal;
import io.diffmm.families.denoiser.DenoiserTrainer;
import io.diffmm.families.denoiser.HistoryRows;
import io.diffmm.families.denoiser.SpectralInitialisation;
import io.diffmm.families.denoiser.TemporalWeights;
import io.diffmm.families.denoiser.UserBatches;
import io.diffmm.families.diffmm.DiffMmFamily.DiffMmViews;
import io.diffmm.graph.BipartiteGraph;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.safetensors.Tensors;
import io.diffmm.training.AdamOptimiser;
import io.diffmm.training.SeedSequence;
import io.diffmm.training.TrainerFamily;
import io.diffmm.training.TrainingRun;
import io.diffmm.training.Triples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Training of DiffMM.
public final class DiffMmTrainer implements TrainerFamily<DiffMmSettings> {

    @Override
    public DiffMmFamily model() {
        return new DiffMmFamily();
    }

    @Override
    public Schedule schedule(DiffMmSettings settings) {
        DiffMmSettings.GraphOptimisation optimisation = settings.optimisation();
        return new Schedule(optimisation.epochs(), optimisation.patience(), 1);
    }

    @Override
    public DiffMmSettings withEpochs(DiffMmSettings settings, int epochs) {
        return settings.withEpochs(epochs);
    }

    @Override
    public List<String> views(Dataset dataset) {
        Stream<String> rows = dataset.features().stream().map(features -> DiffMmViews.DENOISED + features.modality());
        return Stream.concat(Stream.of(DiffMmViews.EMBEDDINGS), rows).toList();
    }

    @Override
    public TrainingRun open(Dataset dataset, DiffMmSettings settings, long seed, NDManager manager) {
        if (dataset.features().isEmpty()) {
            throw new IllegalArgumentException(
                    "DiffMM needs features of the items: add at least one .npy file, one row per item, to the dataset");
        }
        return new Run(dataset, settings, seed, manager);
    }

    /// Training run. An epoch: every denoiser over all users, the graphs that they generate, then recommendation
    /// over all interactions.
    private static final class Run implements TrainingRun {

        private static final Stage RECOMMENDATION =
                new Stage("recommendation", List.of("optimisation.learning-rate"));

        private final NDManager manager;
        private final SeedSequence seeds;
        private final DiffMmSettings settings;
        private final InteractionMatrix histories;
        private final DiffMm model;
        private final List<DenoiserTrainer> denoiserTrainers = new ArrayList<>();
        private final AdamOptimiser graphOptimiser;
        private List<InteractionMatrix> generated = List.of();

        Run(Dataset dataset, DiffMmSettings settings, long seed, NDManager parent) {
            this.manager = parent.newSubManager();
            this.seeds = new SeedSequence(seed, manager.getEngine());
            this.settings = settings;
            this.histories = dataset.train();
            seeds.begin(0);
            this.model = new DiffMm(manager, settings, histories, dataset.features());
            startDenoisers();
            for (int m = 0; m < model.modalities().size(); m++) {
                denoiserTrainers.add(DenoiserTrainer.of(manager, task(m)));
            }
            this.graphOptimiser = new AdamOptimiser(
                    manager,
                    "graph",
                    model.graphParameters().parameters(),
                    settings.optimisation().learningRate());
        }

        private DenoiserTask task(int modality) {
            DenoiserSettings own = settings.diffusion();
            return new DenoiserTask(
                    "denoiser." + model.modalities().get(modality),
                    model.denoisers().get(modality),
                    histories,
                    HistoryRows.of(histories.columns(), own, TemporalWeights.NONE),
                    own,
                    settings.optimisation().products(),
                    own.msiWeight() > 0 ? Optional.of(signal(modality)) : Optional.empty());
        }

        private ModalitySignal signal(int modality) {
            return new ModalitySignal() {
                @Override
                public NDArray mapped(NDManager scope) {
                    return model.mappedFeatures(modality, scope);
                }

                @Override
                public NDArray embedded() {
                    return model.graphParameters().items();
                }
            };
        }

        private void startDenoisers() {
            switch (settings.diffusion().start()) {
                case RANDOM -> {} // initialised by the model
                case SPECTRAL -> SpectralInitialisation.set(model.denoisers(), histories, manager);
            }
        }

        @Override
        public int stepsPerEpoch() {
            int diffusion = denoiserTrainers.stream()
                    .mapToInt(DenoiserTrainer::stepsPerEpoch)
                    .sum();
            return diffusion
                    + Math.ceilDiv(histories.size(), settings.optimisation().batchSize());
        }

        @Override
        public List<Stage> stages() {
            return List.of(DenoiserTrainer.STAGE, RECOMMENDATION);
        }

        @Override
        public void epoch(int number, StepListener progress) {
            RandomGenerator random = seeds.begin(number);
            trainDenoisers(random, progress);
            generated = model.generateGraphs();
            trainRecommendation(random, progress);
        }

        private void trainDenoisers(RandomGenerator random, StepListener progress) {
            int[] users = UserBatches.shuffled(histories, random);
            denoiserTrainers.forEach(trainer -> trainer.epoch(users, random, progress));
        }

        private void trainRecommendation(RandomGenerator random, StepListener progress) {
            Triples triples = Triples.draw(histories, random);
            int batch = settings.optimisation().batchSize();
            useGraphs(random);
            for (int from = 0; from < triples.size(); from += batch) {
                Triples.Batch chosen = triples.batch(from, batch);
                float loss = graphOptimiser.step(scope -> model.network()
                        .lossAndGradients(chosen.users(), chosen.positives(), chosen.negatives(), scope));
                progress.step(RECOMMENDATION.name(), loss);
            }
        }

        /// Sets the epoch's generated graphs, with the epoch's own edge dropout.
        private void useGraphs(RandomGenerator random) {
            try (NDManager scope = manager.newSubManager()) {
                model.network()
                        .use(generated.stream()
                                .map(edges -> BipartiteGraph.of(edges).adjacency(scope, settings.edgeKeep(), random))
                                .toList());
            }
        }

        @Override
        public BlendedRecommender recommender() {
            return BlendedRecommender.ofFirst(model.views(generated), manager);
        }

        @Override
        public void write(Path weights) throws IOException {
            try (NDManager scope = manager.newSubManager()) {
                Tensors.write(weights, model.servingArrays(generated, scope));
            }
        }

        @Override
        public NDList state(NDManager scope) {
            NDList state = model.parameters();
            denoiserTrainers.forEach(trainer -> state.addAll(trainer.state(scope)));
            state.addAll(graphOptimiser.state(scope));
            return state;
        }

        @Override
        public void restore(NDList state) {
            Tensors.copyInto(state, model.parameters());
            denoiserTrainers.forEach(trainer -> trainer.restore(state));
            graphOptimiser.restore(state);
        }

        @Override
        public void close() {
            manager.close();
        }
    }
}
