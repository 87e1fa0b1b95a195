package io.diffmm.training.diffmm;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.graph.BipartiteGraph;
import io.diffmm.model.Tensors;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.model.diffmm.DiffMm;
import io.diffmm.model.diffmm.DiffMmSettings;
import io.diffmm.training.AdamOptimiser;
import io.diffmm.training.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// DiffMM in training. An epoch: every denoiser over all users, the graphs that they generate, then
/// recommendation over all interactions.
final class DiffMmTrainingRun implements TrainingRun {

    private final NDManager manager;
    private final long seed;
    private final DiffMmSettings settings;
    private final InteractionMatrix histories;
    private final DiffMm model;
    private final List<DenoiserTrainer> denoiserTrainers = new ArrayList<>();
    private final AdamOptimiser graphOptimiser;
    private List<InteractionMatrix> generated = List.of();

    DiffMmTrainingRun(Dataset dataset, DiffMmSettings settings, long seed, NDManager parent) {
        this.manager = parent.newSubManager();
        this.seed = seed;
        this.settings = settings;
        this.histories = dataset.train();
        manager.getEngine().setRandomSeed(engineSeed(0));
        this.model = new DiffMm(manager, settings, histories, dataset.features());
        startDenoisers();
        for (int m = 0; m < model.modalities().size(); m++) {
            denoiserTrainers.add(DenoiserTrainer.of(manager, model, m));
        }
        this.graphOptimiser = new AdamOptimiser(
                manager,
                "graph",
                model.graphParameters().parameters(),
                settings.optimisation().learningRate());
    }

    private void startDenoisers() {
        switch (settings.diffusion().start()) {
            case RANDOM -> {} // as the model made them
            case SPECTRAL -> SpectralStart.set(model.denoisers(), histories, manager);
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
    public void epoch(int number, StepListener progress) {
        manager.getEngine().setRandomSeed(engineSeed(number));
        var random = new SplittableRandom(seed + number);
        trainDenoisers(random, progress);
        generated = model.generateGraphs();
        trainRecommendation(random, progress);
    }

    /// What the engine's own generator starts from, for noise and dropout.
    private int engineSeed(int epoch) {
        return new SplittableRandom(seed * 1_000_003 + epoch).nextInt();
    }

    private void trainDenoisers(RandomGenerator random, StepListener progress) {
        int[] users = shuffledUsers(random);
        denoiserTrainers.forEach(trainer -> trainer.epoch(users, random, progress));
    }

    private int[] shuffledUsers(RandomGenerator random) {
        int[] users = new int[histories.rows()];
        for (int user = 0; user < users.length; user++) {
            int other = random.nextInt(user + 1);
            users[user] = users[other];
            users[other] = user;
        }
        return users;
    }

    private void trainRecommendation(RandomGenerator random, StepListener progress) {
        Triples triples = Triples.draw(histories, random);
        int batch = settings.optimisation().batchSize();
        useGraphs(random);
        for (int from = 0; from < triples.size(); from += batch) {
            Triples.Batch chosen = triples.batch(from, batch);
            float loss = graphOptimiser.step(scope ->
                    model.network().lossAndGradients(chosen.users(), chosen.positives(), chosen.negatives(), scope));
            progress.step("recommendation", loss);
        }
    }

    /// The epoch's generated graphs, with the epoch's own edge dropout.
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
