package io.diffmm.families.diffrec;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.families.denoiser.DenoiserSettings;
import io.diffmm.families.denoiser.DenoiserSettings.Initialisation;
import io.diffmm.families.denoiser.DenoiserTask;
import io.diffmm.families.denoiser.DenoiserTrainer;
import io.diffmm.families.denoiser.HistoryRows;
import io.diffmm.families.denoiser.Optimisation;
import io.diffmm.families.denoiser.SpectralInitialisation;
import io.diffmm.families.denoiser.UserBatches;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.Precision;
import io.diffmm.safetensors.Tensors;
import io.diffmm.training.SeedSequence;
import io.diffmm.training.TrainerFamily;
import io.diffmm.training.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Training of DiffRec.
public class DiffRecTrainer implements TrainerFamily<DiffRecFamily.Settings> {

    private final DiffRecFamily model;

    /// DiffRec.
    public DiffRecTrainer() {
        this(new DiffRecFamily());
    }

    private DiffRecTrainer(DiffRecFamily model) {
        this.model = model;
    }

    /// Training of T-DiffRec.
    public static final class Temporal extends DiffRecTrainer {

        /// T-DiffRec.
        public Temporal() {
            super(new DiffRecFamily.Temporal());
        }
    }

    @Override
    public DiffRecFamily model() {
        return model;
    }

    @Override
    public Schedule schedule(DiffRecFamily.Settings settings) {
        Optimisation own = settings.optimisation();
        return new Schedule(own.epochs(), own.patience(), own.interval());
    }

    @Override
    public DiffRecFamily.Settings withEpochs(DiffRecFamily.Settings settings, int epochs) {
        return new DiffRecFamily.Settings(
                settings.temporal(),
                settings.diffusion(),
                settings.optimisation().withEpochs(epochs));
    }

    @Override
    public TrainingRun open(Dataset dataset, DiffRecFamily.Settings settings, long seed, NDManager manager) {
        return new Run(dataset, model, settings, seed, manager);
    }

    /// Training of one denoiser on the rows of all users.
    private static final class Run implements TrainingRun {

        private final NDManager manager;
        private final SeedSequence seeds;
        private final InteractionMatrix histories;
        private final DiffRecFamily family;
        private final DiffRecFamily.Settings settings;
        private final Denoiser denoiser;
        private final DenoiserTrainer trainer;

        Run(Dataset dataset, DiffRecFamily family, DiffRecFamily.Settings settings, long seed, NDManager parent) {
            this.manager = parent.newSubManager();
            this.seeds = new SeedSequence(seed, manager.getEngine());
            this.histories = dataset.train();
            this.family = family;
            this.settings = settings;
            seeds.begin(0);
            DenoiserSettings own = settings.diffusion();
            this.denoiser = Denoiser.random(manager, histories.columns(), own.stepEmbedding(), own.hidden());
            if (own.start() == Initialisation.SPECTRAL) {
                SpectralInitialisation.set(List.of(denoiser), histories, manager);
            }
            this.trainer = DenoiserTrainer.of(
                    manager,
                    new DenoiserTask(
                            "denoiser",
                            denoiser,
                            histories,
                            HistoryRows.of(histories.columns(), own, settings.temporal()),
                            own,
                            settings.optimisation().products(),
                            Optional.empty()));
        }

        @Override
        public int stepsPerEpoch() {
            return trainer.stepsPerEpoch();
        }

        @Override
        public List<Stage> stages() {
            return List.of(DenoiserTrainer.STAGE);
        }

        @Override
        public void epoch(int number, StepListener progress) {
            RandomGenerator random = seeds.begin(number);
            trainer.epoch(UserBatches.shuffled(histories, random), random, progress);
        }

        @Override
        public BlendedRecommender recommender() {
            NDManager own = manager.newSubManager();
            ItemSearches searches = ItemSearches.scans(Precision.FLOAT32, own);
            return BlendedRecommender.ofFirst(family.views(denoiser, settings, searches, own), manager);
        }

        private NDList parameters() {
            return denoiser.parameters(DiffRecFamily.DENOISER);
        }

        @Override
        public void write(Path weights) throws IOException {
            Tensors.write(weights, parameters());
        }

        @Override
        public NDList state(NDManager scope) {
            NDList state = parameters();
            state.addAll(trainer.state(scope));
            return state;
        }

        @Override
        public void restore(NDList state) {
            Tensors.copyInto(state, parameters());
            trainer.restore(state);
        }

        @Override
        public void close() {
            manager.close();
        }
    }
}
