package io.diffmm.families.diffmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.families.diffmm.HistoryNetwork.Batch;
import io.diffmm.families.diffmm.HistoryNetwork.Parameters;
import io.diffmm.families.diffmm.RecommendationForm.History;
import io.diffmm.families.diffmm.RecommendationForm.Loss;
import io.diffmm.families.diffmm.RecommendationForm.Score;
import io.diffmm.graph.BipartiteGraph.WalkMatrix;
import io.diffmm.model.Recency;
import io.diffmm.model.UserHistory;
import io.diffmm.retrieval.ItemVectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Loss, gradients, batches, published vectors and sums over histories of the form `history`, compared
/// with [HistoryOracle].
class HistoryTrainerTest {

    private static final int USERS = 23;
    private static final int ITEMS = 11;
    private static final int SIZE = 5;
    private static final double STEP = 1e-5;

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
        manager.getEngine().setRandomSeed(5);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest(name = "{0}, {1}, graphs {2}, contrast {3}, features {4}")
    @CsvSource({
        "SOFTMAX, JOINT, 0, 0, 0.3",
        "SOFTMAX, SUM, 0, 0, 0.3",
        "SOFTMAX, JOINT, 0.2, 0.5, 0",
        "BPR, JOINT, 0, 0, 1",
        "BPR, SUM, 0.7, 0.2, 0.3"
    })
    void loss_valueAndEveryGradient_matchFloat64(
            Loss loss, Score score, double graphs, double contrast, double features) {
        History form = form(loss, score, graphs, contrast, features);
        InteractionMatrix interactions = randomEdges(1);
        List<InteractionMatrix> generated = generated(form);
        Parameters parameters = Parameters.random(manager, features(), SIZE);
        HistoryNetwork network = network(form, interactions, generated, parameters);
        Batch batch = new HistoryTrainer.Sampler(interactions, form, new SplittableRandom(3))
                .draw(IntStream.range(0, USERS).filter(user -> user % 3 > 0).toArray());

        NDList results = network.lossAndGradients(batch, manager);

        var oracle = new HistoryOracle(form, interactions, generated, features(), parameters);
        assertThat((double) results.getFirst().getFloat()).isCloseTo(oracle.loss(batch), within(1e-5));
        for (int at = 0; at < oracle.parameters.size(); at++) {
            assertGradient(results.get(1 + at), oracle.parameters.get(at), oracle, batch);
        }
    }

    private static void assertGradient(NDArray computed, double[][] parameter, HistoryOracle oracle, Batch batch) {
        float[] gradient = computed.toFloatArray();
        assertThat(gradient).hasSize(parameter.length * parameter[0].length);
        for (int at = 0; at < gradient.length; at++) {
            double[] row = parameter[at / parameter[0].length];
            int column = at % parameter[0].length;
            double kept = row[column];
            row[column] = kept + STEP;
            double above = oracle.loss(batch);
            row[column] = kept - STEP;
            double below = oracle.loss(batch);
            row[column] = kept;
            assertThat((double) gradient[at]).as("[%d]", at).isCloseTo((above - below) / (2 * STEP), within(2e-5));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void unit_ofAnyHistory_isTheOraclesUser(long seed) {
        var random = new SplittableRandom(seed);
        Score score = random.nextBoolean() ? Score.JOINT : Score.SUM;
        History form = form(Loss.SOFTMAX, score, random.nextBoolean() ? 0.4 : 0, 0, 0.3);
        InteractionMatrix interactions = randomEdges(seed);
        List<InteractionMatrix> generated = generated(form);
        manager.getEngine().setRandomSeed((int) seed);
        var part = new HistoryTrainer(manager, settings(form), form, interactions, features());
        NDList arrays = part.published(generated, manager);
        ItemVectors units = ItemVectors.of(arrays.get(PublishedArrays.VECTORS), manager);
        HistorySum sums = HistorySum.of(arrays, units, List.of("a", "b"), form);
        var oracle = new HistoryOracle(form, interactions, generated, features(), part.averaged());

        for (int user = 0; user < USERS; user++) {
            if (interactions.rowLength(user) > 0) {
                int row = user;
                double[] unit = sums.unit(
                        new UserHistory(OptionalInt.empty(), interactions.row(user)),
                        Recency.NONE,
                        generated.stream().map(edges -> edges.row(row)).toList());
                for (int item = 0; item < ITEMS; item++) {
                    assertThat(units.product(unit, item)).isCloseTo(oracle.score(user, item), within(1e-5));
                }
            }
        }
    }

    @Test
    void unit_withRecency_weighsTheNewestItemMost() {
        History form = form(Loss.SOFTMAX, Score.JOINT, 0, 0, 0.3);
        var part = new HistoryTrainer(manager, settings(form), form, randomEdges(2), features());
        NDList arrays = part.published(List.of(), manager);
        ItemVectors units = ItemVectors.of(arrays.get(PublishedArrays.VECTORS), manager);
        HistorySum sums = HistorySum.of(arrays, units, List.of("a", "b"), form);
        var history = new UserHistory(OptionalInt.empty(), new int[] {1, 2});

        double[] equal = sums.unit(history, Recency.NONE, List.of());
        double[] recent = sums.unit(history, new Recency(0, 50), List.of());

        assertThat(units.product(recent, 2)).isCloseTo(1, within(1e-6)).isGreaterThan(units.product(equal, 2));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void draw_anyBatch_hasItemsOfTheHistories_distinctNegatives_andTheirKnownPositions(long seed) {
        InteractionMatrix interactions = randomEdges(seed);
        int[] users = IntStream.range(0, USERS)
                .filter(user ->
                        interactions.rowLength(user) > 0 && interactions.rowLength(user) < interactions.columns())
                .toArray();
        var softmax = new HistoryTrainer.Sampler(
                interactions, form(Loss.SOFTMAX, Score.JOINT, 0, 0, 0.3), new SplittableRandom(seed));
        var bpr = new HistoryTrainer.Sampler(
                interactions, form(Loss.BPR, Score.JOINT, 0, 0, 0.3), new SplittableRandom(seed));
        for (int round = 0; round < 5; round++) {
            Batch batch = softmax.draw(users);
            assertThat(batch.negatives()).hasSize(4).doesNotHaveDuplicates();
            List<Long> known = new ArrayList<>();
            for (int row = 0; row < users.length; row++) {
                assertThat(seen(interactions, users[row], batch.positives()[row]))
                        .isTrue();
                for (int at = 0; at < batch.negatives().length; at++) {
                    if (seen(interactions, users[row], batch.negatives()[at])) {
                        known.add((long) row * batch.negatives().length + at);
                    }
                }
            }
            assertThat(batch.known()).containsExactlyInAnyOrder(known.toArray(Long[]::new));
            Batch pairs = bpr.draw(users);
            for (int row = 0; row < users.length; row++) {
                assertThat(seen(interactions, users[row], pairs.negatives()[row]))
                        .isFalse();
            }
        }
    }

    private static boolean seen(InteractionMatrix interactions, int user, long item) {
        return Arrays.stream(interactions.row(user)).anyMatch(other -> other == item);
    }

    @Test
    void published_fromTheFirstAveragedEpochOn_areTheMeanOfTheEpochs() {
        History form = new History(Loss.SOFTMAX, 0.4, 4, 0.3, Score.JOINT, 0, 1, 0, 0.5, 3, Optional.empty());
        var part = new HistoryTrainer(manager, settings(form), form, randomEdges(4), features());
        List<float[]> epochs = new ArrayList<>();
        for (int number = 1; number <= 5; number++) {
            part.epoch(number, List.of(), new SplittableRandom(number), (_, _) -> {});
            epochs.add(part.state(manager).get("trained.item.embedding").toFloatArray());
            float[] averaged = part.averaged().items().toFloatArray();
            List<float[]> counted = epochs.subList(number < 3 ? number - 1 : 2, number);
            for (int at = 0; at < averaged.length; at++) {
                int index = at;
                double mean = counted.stream()
                        .mapToDouble(values -> values[index])
                        .average()
                        .orElseThrow();
                assertThat((double) averaged[at]).isCloseTo(mean, within(1e-6));
            }
        }
        assertThat(epochs.get(4)).isNotEqualTo(epochs.get(3));
    }

    @Test
    void directions_areUnitRowsAroundTheMean_andZeroForARowEqualToIt() {
        var features = new FeatureMatrix("a", 3, 2, new float[] {1, 5, 4, 1, 2.5f, 3});

        float[] directions = HistoryNetwork.directions(features, manager).toFloatArray();

        assertThat(directions).containsExactly(new float[] {-0.6f, 0.8f, 0.6f, -0.8f, 0, 0}, within(1e-6f));
    }

    private HistoryNetwork network(
            History form, InteractionMatrix interactions, List<InteractionMatrix> generated, Parameters parameters) {
        List<NDArray> directions = features().stream()
                .map(matrix -> HistoryNetwork.directions(matrix, manager))
                .toList();
        var network = new HistoryNetwork(manager, form, WalkMatrix.of(interactions, manager), directions, parameters);
        network.use(
                generated.stream().map(edges -> WalkMatrix.of(edges, manager)).toList());
        return network;
    }

    private static DiffMmSettings settings(History form) {
        DiffMmSettings published = SettingsFixture.small(1, 1, RecommendationForm.FeatureMapKind.LINEAR);
        return SettingsFixture.with(published, form, SIZE);
    }

    private static History form(Loss loss, Score score, double graphs, double contrast, double features) {
        return new History(
                loss, 0.4, loss == Loss.BPR ? 1 : 4, features, score, graphs, 1, contrast, 0.5, 1, Optional.empty());
    }

    private static List<InteractionMatrix> generated(History form) {
        return form.usesGraphs() ? List.of(randomEdges(101), randomEdges(102)) : List.of();
    }

    private static List<FeatureMatrix> features() {
        List<FeatureMatrix> features = new ArrayList<>();
        for (int m = 0; m < 2; m++) {
            int columns = 3 + m;
            var random = new SplittableRandom(m);
            float[] values = new float[ITEMS * columns];
            for (int at = 0; at < values.length; at++) {
                values[at] = (float) random.nextDouble(-1, 1);
            }
            features.add(new FeatureMatrix(m == 0 ? "a" : "b", ITEMS, columns, values));
        }
        return features;
    }

    /// Returns random interactions, in which the last item has no users.
    private static InteractionMatrix randomEdges(long seed) {
        var random = new SplittableRandom(seed);
        List<int[]> rows = new ArrayList<>();
        for (int user = 0; user < USERS; user++) {
            int first = random.nextInt(ITEMS - 1);
            rows.add(IntStream.range(0, ITEMS - 1)
                    .filter(item -> item == first || random.nextInt(4) == 0)
                    .toArray());
        }
        return InteractionMatrix.of(ITEMS, rows);
    }
}
