package io.diffmm.families.diffmm;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.families.denoiser.DenoiserSettings;
import io.diffmm.families.denoiser.DenoiserTask;
import io.diffmm.families.denoiser.DenoiserTrainer;
import io.diffmm.families.denoiser.HistoryRows;
import io.diffmm.families.denoiser.SpectralInitialisation;
import io.diffmm.families.denoiser.TemporalWeights;
import io.diffmm.families.denoiser.UserBatches;
import io.diffmm.families.diffmm.DiffMmFamily.DiffMmViews;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.safetensors.Tensors;
import io.diffmm.training.SeedSequence;
import io.diffmm.training.TrainerFamily;
import io.diffmm.training.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Training of DiffMM.
public final class DiffMmTrainer implements TrainerFamily<DiffMmSettings> {

    @Override
    public DiffMmFamily model() {
        return new DiffMmFamily();
    }

    /// Returns the length of a training. With a bridge the last epoch is kept: the measurements after the
    /// epochs are those of the embeddings, whose best epoch may be one before the bridge.
    @Override
    public Schedule schedule(DiffMmSettings settings) {
        DiffMmSettings.GraphOptimisation optimisation = settings.optimisation();
        int keptFrom = hasBridge(settings) ? optimisation.epochs() : 1;
        return new Schedule(optimisation.epochs(), optimisation.patience(), optimisation.interval(), keptFrom);
    }

    private static boolean hasBridge(DiffMmSettings settings) {
        return settings.recommendation() instanceof RecommendationForm.History form
                && form.bridge().isPresent();
    }

    @Override
    public DiffMmSettings withEpochs(DiffMmSettings settings, int epochs) {
        return settings.withEpochs(epochs);
    }

    @Override
    public List<String> views(Dataset dataset, DiffMmSettings settings) {
        List<String> views = new ArrayList<>(List.of(DiffMmViews.EMBEDDINGS));
        if (hasBridge(settings)) {
            views.add(DiffMmViews.BRIDGE);
        }
        dataset.features().forEach(features -> views.add(DiffMmViews.DENOISED + features.modality()));
        return List.copyOf(views);
    }

    @Override
    public TrainingRun open(Dataset dataset, DiffMmSettings settings, long seed, NDManager manager) {
        if (dataset.features().isEmpty()) {
            throw new IllegalArgumentException(
                    "DiffMM needs features of the items: add at least one .npy file, one row per item, to the dataset");
        }
        if (settings.recommendation() instanceof RecommendationForm.History form) {
            form.bridge()
                    .ifPresent(bridge ->
                            requireTrained(bridge, settings.optimisation().epochs()));
        }
        return new Run(dataset, settings, seed, manager);
    }

    /// An untrained bridge returns the embeddings' vectors, so that its view would count them twice.
    private static void requireTrained(BridgeSettings bridge, int epochs) {
        if (epochs < bridge.from()) {
            throw new IllegalArgumentException(
                    "training ends after epoch %d, but the bridge is trained from epoch %d on (recommendation.bridge.from); train for at least %2$d epochs, or set recommendation.bridge to none"
                            .formatted(epochs, bridge.from()));
        }
    }

    /// Training run. An epoch: every denoiser over all users, the graphs that they generate, then
    /// recommendation. The denoisers may be trained in the first epochs only, and the bridge in the last.
    private static final class Run implements TrainingRun {

        private final NDManager manager;
        private final SeedSequence seeds;
        private final DiffMmSettings settings;
        private final InteractionMatrix histories;
        private final DiffMm model;
        private final List<DenoiserTrainer> denoiserTrainers = new ArrayList<>();
        private Optional<List<InteractionMatrix>> generated = Optional.empty(); // by the present denoisers

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
                    own.msiWeight() > 0 ? Optional.of(model.recommendation().signal(modality)) : Optional.empty());
        }

        private void startDenoisers() {
            switch (settings.diffusion().start()) {
                case RANDOM -> {} // initialised by the model
                case SPECTRAL -> SpectralInitialisation.set(model.denoisers(), histories, manager);
            }
        }

        @Override
        public int stepsPerEpoch() {
            return steps(1);
        }

        @Override
        public int steps(int number) {
            int diffusion = trainsDenoisers(number)
                    ? denoiserTrainers.stream()
                            .mapToInt(DenoiserTrainer::stepsPerEpoch)
                            .sum()
                    : 0;
            return diffusion + model.recommendation().steps(number);
        }

        private boolean trainsDenoisers(int epoch) {
            return epoch <= settings.optimisation().diffusionEpochs();
        }

        @Override
        public List<Stage> stages() {
            List<Stage> stages = new ArrayList<>(List.of(DenoiserTrainer.STAGE));
            stages.addAll(model.recommendation().stages());
            return List.copyOf(stages);
        }

        @Override
        public void epoch(int number, StepListener progress) {
            RandomGenerator random = seeds.begin(number);
            if (trainsDenoisers(number)) {
                int[] users = UserBatches.shuffled(histories, random);
                denoiserTrainers.forEach(trainer -> trainer.epoch(users, random, progress));
                generated = Optional.empty();
            }
            model.recommendation().epoch(number, graphs(), random, progress);
        }

        private List<InteractionMatrix> graphs() {
            List<InteractionMatrix> graphs = generated.orElseGet(model::generateGraphs);
            generated = Optional.of(graphs);
            return graphs;
        }

        @Override
        public BlendedRecommender recommender() {
            return BlendedRecommender.ofFirst(model.views(graphs()), manager);
        }

        @Override
        public void write(Path weights) throws IOException {
            try (NDManager scope = manager.newSubManager()) {
                Tensors.write(weights, model.servingArrays(graphs(), scope));
            }
        }

        @Override
        public NDList state(NDManager scope) {
            NDList state = model.denoiserParameters();
            state.addAll(model.recommendation().state(scope));
            denoiserTrainers.forEach(trainer -> state.addAll(trainer.state(scope)));
            return state;
        }

        @Override
        public void restore(NDList state) {
            Tensors.copyInto(state, model.denoiserParameters());
            model.recommendation().restore(state);
            denoiserTrainers.forEach(trainer -> trainer.restore(state));
            generated = Optional.empty();
        }

        @Override
        public void close() {
            manager.close();
        }
    }
}
