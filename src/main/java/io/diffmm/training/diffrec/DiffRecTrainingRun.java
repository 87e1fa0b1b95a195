package io.diffmm.training.diffrec;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.model.Tensors;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.model.denoiser.DenoiserSettings;
import io.diffmm.model.denoiser.HistoryRows;
import io.diffmm.model.denoiser.Start;
import io.diffmm.model.diffrec.DiffRecFamily;
import io.diffmm.model.diffrec.DiffRecSettings;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.Precision;
import io.diffmm.training.RunChance;
import io.diffmm.training.TrainingRun;
import io.diffmm.training.denoiser.DenoiserTask;
import io.diffmm.training.denoiser.DenoiserTrainer;
import io.diffmm.training.denoiser.SpectralStart;
import io.diffmm.training.denoiser.UserBatches;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// One denoiser in training on all users' rows.
final class DiffRecTrainingRun implements TrainingRun {

    private final NDManager manager;
    private final RunChance chance;
    private final InteractionMatrix histories;
    private final DiffRecFamily family;
    private final DiffRecSettings settings;
    private final Denoiser denoiser;
    private final DenoiserTrainer trainer;

    DiffRecTrainingRun(Dataset dataset, DiffRecFamily family, DiffRecSettings settings, long seed, NDManager parent) {
        this.manager = parent.newSubManager();
        this.chance = new RunChance(seed, manager.getEngine());
        this.histories = dataset.train();
        this.family = family;
        this.settings = settings;
        chance.begin(0);
        DenoiserSettings own = settings.diffusion();
        this.denoiser = Denoiser.random(manager, histories.columns(), own.stepEmbedding(), own.hidden());
        if (own.start() == Start.SPECTRAL) {
            SpectralStart.set(List.of(denoiser), histories, manager);
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
    public void epoch(int number, StepListener progress) {
        RandomGenerator random = chance.begin(number);
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
