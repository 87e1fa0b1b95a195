package io.diffmm.families.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.families.denoiser.DenoiserTask.ModalitySignal;
import io.diffmm.families.denoiser.UserBatches;
import io.diffmm.families.diffmm.DiffMmSettings.GraphOptimisation;
import io.diffmm.families.diffmm.HistoryNetwork.Batch;
import io.diffmm.families.diffmm.HistoryNetwork.Parameters;
import io.diffmm.graph.BipartiteGraph.WalkMatrix;
import io.diffmm.graph.CsrMatrix.Adjacency;
import io.diffmm.safetensors.Tensors;
import io.diffmm.training.AdamOptimiser;
import io.diffmm.training.AdamOptimiser.WeightAverage;
import io.diffmm.training.TrainingRun;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Recommendation part in the form `history`: [HistoryNetwork], trained on every user once an epoch, with
/// one item of the user's history. Users with long histories therefore count no more than others.
///
/// The published parameters are the mean of those at the ends of the epochs from `averaging-from` on. A
/// [BridgeTrainer] is trained on their vectors.
final class HistoryTrainer implements RecommendationTrainer {

    private static final String TRAINED = "trained.";

    private final NDManager manager;
    private final RecommendationForm.History form;
    private final GraphOptimisation optimisation;
    private final InteractionMatrix histories;
    private final List<String> modalities;
    private final List<NDArray> features; // M of [I, f]
    private final Parameters trained;
    private final Parameters averaged;
    private final HistoryNetwork network; // of the trained parameters
    private final HistoryNetwork publishedNetwork; // of the averaged parameters
    private final AdamOptimiser optimiser;
    private final WeightAverage average;
    private final Optional<BridgeTrainer> bridge;

    /// Creates a part with random parameters, drawn from the engine's generator.
    ///
    /// @param manager owner of the native arrays
    /// @param form recommendation part of the settings
    /// @param histories items of each user
    /// @param raw features of every modality, at least one
    HistoryTrainer(
            NDManager manager,
            DiffMmSettings settings,
            RecommendationForm.History form,
            InteractionMatrix histories,
            List<FeatureMatrix> raw) {
        this.manager = manager;
        this.form = form;
        this.optimisation = settings.optimisation();
        this.histories = histories;
        this.modalities = raw.stream().map(FeatureMatrix::modality).toList();
        this.features = raw.stream()
                .map(matrix -> HistoryNetwork.directions(matrix, manager))
                .toList();
        this.trained = Parameters.random(manager, raw, settings.embeddingSize());
        this.averaged = trained.copy();
        Adjacency interactions = WalkMatrix.of(histories, manager);
        this.network = new HistoryNetwork(manager, form, interactions, features, trained);
        this.publishedNetwork = new HistoryNetwork(manager, form, interactions, features, averaged);
        this.optimiser = new AdamOptimiser(manager, "history", trained.all(TRAINED), optimisation.learningRate());
        this.average = new WeightAverage(manager, trained.all(TRAINED), averaged.all(""), 0);
        this.bridge = form.bridge().map(own -> new BridgeTrainer(manager, own, settings.embeddingSize(), histories));
    }

    /// Parameters that are published.
    Parameters averaged() {
        return averaged;
    }

    /// Returns the users with items both inside and outside their histories.
    private IntStream trainable(IntStream users) {
        return users.filter(user -> histories.rowLength(user) > 0 && histories.rowLength(user) < histories.columns());
    }

    @Override
    public List<TrainingRun.Stage> stages() {
        return bridge.isPresent() ? List.of(STAGE, BridgeTrainer.STAGE) : List.of(STAGE);
    }

    @Override
    public int steps(int number) {
        int users = (int) trainable(IntStream.range(0, histories.rows())).count();
        return UserBatches.count(users, optimisation.batchSize())
                + bridge.map(part -> part.steps(number)).orElse(0);
    }

    @Override
    public void epoch(
            int number, List<InteractionMatrix> generated, RandomGenerator random, TrainingRun.StepListener progress) {
        try (NDManager scope = manager.newSubManager()) {
            network.use(graphs(generated, scope));
        }
        int[] users = trainable(Arrays.stream(UserBatches.shuffled(histories, random)))
                .toArray();
        var sampler = new Sampler(histories, form, random);
        int steps = UserBatches.count(users.length, optimisation.batchSize());
        for (int step = 0; step < steps; step++) { // of equal sizes, but for one user
            int from = (int) ((long) users.length * step / steps);
            int to = (int) ((long) users.length * (step + 1) / steps);
            Batch batch = sampler.draw(Arrays.copyOfRange(users, from, to));
            progress.step(STAGE.name(), optimiser.step(scope -> network.lossAndGradients(batch, scope)));
        }
        int before = Math.max(0, number - form.averagingFrom());
        average.follow((float) before / (before + 1));
        bridge.ifPresent(part -> part.epoch(number, publishedNetwork, random, progress));
    }

    private static List<Adjacency> graphs(List<InteractionMatrix> generated, NDManager scope) {
        return generated.stream().map(edges -> WalkMatrix.of(edges, scope)).toList();
    }

    @Override
    public ModalitySignal signal(int modality) {
        return new ModalitySignal() {
            @Override
            public NDArray mapped(NDManager scope) {
                return Tensors.alias(features.get(modality), scope)
                        .matMul(trained.maps().get(modality));
            }

            @Override
            public NDArray embedded() {
                return trained.items();
            }
        };
    }

    /// Computes the arrays to publish: the unit vectors of the items, and their lengths and degrees, from
    /// which a user is the sum over a history.
    @Override
    public NDList published(List<InteractionMatrix> generated, NDManager target) {
        NDList arrays = publishedNetwork.published(target);
        try (NDArray sum = arrays.get(1).sum()) {
            AdamOptimiser.finite(
                    "sum of the lengths of the item vectors",
                    sum); // a cosine may be finite where the vectors no longer are
        }
        arrays.get(0).setName(PublishedArrays.VECTORS);
        arrays.get(1).setName(PublishedArrays.LENGTHS);
        arrays.add(degrees(histories, PublishedArrays.DEGREE, target));
        bridge.ifPresent(part -> arrays.addAll(part.parameters()));
        for (int m = 0; m < generated.size(); m++) {
            arrays.add(degrees(generated.get(m), PublishedArrays.generatedDegree(modalities.get(m)), target));
        }
        return arrays;
    }

    /// Returns the number of users of each item, at least 1, since an item without any is part of later
    /// histories.
    private static NDArray degrees(InteractionMatrix interactions, String name, NDManager target) {
        NDArray degrees = target.create(Arrays.stream(interactions.columnCounts())
                .map(count -> Math.max(1, count))
                .toArray());
        degrees.setName(name);
        return degrees;
    }

    @Override
    public NDList state(NDManager scope) {
        NDList state = trained.all(TRAINED);
        state.addAll(averaged.all(""));
        state.addAll(optimiser.state(scope));
        bridge.ifPresent(part -> state.addAll(part.state(scope)));
        return state;
    }

    @Override
    public void restore(NDList state) {
        Tensors.copyInto(state, trained.all(TRAINED));
        Tensors.copyInto(state, averaged.all(""));
        optimiser.restore(state);
        bridge.ifPresent(part -> part.restore(state));
    }

    /// Source of the batches of an epoch.
    static final class Sampler {

        private final InteractionMatrix histories;
        private final RecommendationForm.History form;
        private final RandomGenerator random;
        private final int[] items; // a permutation
        private final int[] places; // of the items of the last batch among the negatives, or -1

        Sampler(InteractionMatrix histories, RecommendationForm.History form, RandomGenerator random) {
            this.histories = histories;
            this.form = form;
            this.random = random;
            this.items = IntStream.range(0, histories.columns()).toArray();
            this.places = new int[items.length];
            Arrays.fill(places, -1);
        }

        Batch draw(int[] users) {
            long[] rows = Arrays.stream(users).asLongStream().toArray();
            long[] positives = Arrays.stream(users).mapToLong(this::inside).toArray();
            if (form.loss() == RecommendationForm.Loss.BPR) {
                long[] others = Arrays.stream(users).mapToLong(this::outside).toArray();
                return new Batch(rows, positives, others, new long[0]);
            }
            int[] negatives = distinct(Math.min(form.negatives(), items.length));
            long[] shared = Arrays.stream(negatives).asLongStream().toArray();
            return new Batch(rows, positives, shared, known(users, negatives));
        }

        private int inside(int user) {
            int[] history = histories.row(user);
            return history[random.nextInt(history.length)];
        }

        private int[] distinct(int count) {
            for (int at = 0; at < count; at++) {
                int other = random.nextInt(at, items.length);
                int kept = items[at];
                items[at] = items[other];
                items[other] = kept;
            }
            return Arrays.copyOf(items, count);
        }

        private long[] known(int[] users, int[] negatives) {
            for (int at = 0; at < negatives.length; at++) {
                places[negatives[at]] = at;
            }
            long[] known = IntStream.range(0, users.length)
                    .mapToObj(row -> Arrays.stream(histories.row(users[row]))
                            .filter(item -> places[item] >= 0)
                            .mapToLong(item -> (long) row * negatives.length + places[item]))
                    .flatMapToLong(positions -> positions)
                    .toArray();
            for (int item : negatives) {
                places[item] = -1;
            }
            return known;
        }

        private int outside(int user) {
            int[] history = histories.row(user);
            int item = random.nextInt(items.length);
            while (contains(history, item)) {
                item = random.nextInt(items.length);
            }
            return item;
        }

        private static boolean contains(int[] history, int item) {
            return Arrays.stream(history).anyMatch(other -> other == item);
        }
    }
}
