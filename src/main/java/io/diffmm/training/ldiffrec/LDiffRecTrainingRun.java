package io.diffmm.training.ldiffrec;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.model.Tensors;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.model.ldiffrec.LDiffRecFamily;
import io.diffmm.model.ldiffrec.LDiffRecSettings;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.Precision;
import io.diffmm.training.RunChance;
import io.diffmm.training.TrainingRun;
import io.diffmm.training.denoiser.UserBatches;
import java.io.IOException;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/// An autoencoder and the denoiser of its latent rows in training on all users' rows.
final class LDiffRecTrainingRun implements TrainingRun {

    private final NDManager manager;
    private final RunChance chance;
    private final InteractionMatrix histories;
    private final LDiffRecFamily family;
    private final LDiffRecSettings settings;
    private final LatentModel model;
    private final LatentTrainer trainer;

    LDiffRecTrainingRun(
            Dataset dataset, LDiffRecFamily family, LDiffRecSettings settings, long seed, NDManager parent) {
        this.manager = parent.newSubManager();
        this.chance = new RunChance(seed, manager.getEngine());
        this.histories = dataset.train();
        this.family = family;
        this.settings = settings;
        chance.begin(0);
        LDiffRecSettings.Latent latent = settings.latent();
        int[] groups = ItemClusters.of(dataset, latent.itemVectors(), latent.clusters(), seed, manager);
        this.model = LatentModel.random(
                manager, histories.columns(), new LatentGroups(groups, latent.clusters(), latent.width()), settings);
        this.trainer = new LatentTrainer(manager, histories, model, settings);
    }

    @Override
    public int stepsPerEpoch() {
        return trainer.stepsPerEpoch();
    }

    @Override
    public void epoch(int number, StepListener progress) {
        RandomGenerator random = chance.begin(number);
        trainer.epoch(number, UserBatches.shuffled(histories, random), random, progress, manager);
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
        state.addAll(trainer.state(scope));
        return state;
    }

    @Override
    public void restore(NDList state) {
        Tensors.copyInto(state, model.parameters());
        trainer.restore(state);
    }

    @Override
    public void close() {
        manager.close();
    }
}
