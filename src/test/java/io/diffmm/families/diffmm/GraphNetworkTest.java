package io.diffmm.families.diffmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.families.denoiser.Optimisation.ProductType;
import io.diffmm.families.diffmm.RecommendationForm.ContrastMethod;
import io.diffmm.families.diffmm.RecommendationForm.FeatureMapKind;
import io.diffmm.graph.BipartiteGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Compares the recommendation loss and its gradients with float64 in plain Java and its central differences.
class GraphNetworkTest {

    /// Number of users, greater than that of the anchors in one block of similarities.
    private static final int USERS = 135;

    private static final int ITEMS = 6;
    private static final int[] FEATURES = {3, 2};
    private static final double STEP = 1e-5;

    /// Elements of a gradient that are compared, the last among them: users of the last block of anchors.
    private static final int MAX_ENTRIES = 50;

    /// Batch with nearly every user, many of them several times.
    private static final int BATCH = 600;

    private static final long[] BATCH_USERS = rows(11, USERS);
    private static final long[] BATCH_POSITIVES = rows(12, ITEMS);
    private static final long[] BATCH_NEGATIVES = rows(13, ITEMS);

    private static long[] rows(long seed, int bound) {
        return new SplittableRandom(seed).longs(BATCH, 0, bound).toArray();
    }

    @ParameterizedTest(name = "{0}, {1} layers")
    @CsvSource({"MAIN_VIEW, 1", "MODALITY_PAIRS, 2", "MAIN_VIEW, 0"})
    void loss_valueAndEveryGradient_matchFloat64(ContrastMethod method, int layers) {
        DiffMmSettings settings = SettingsFixture.with(layers, 1, FeatureMapKind.LINEAR, method);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            manager.getEngine().setRandomSeed(5);
            InteractionMatrix interactions = randomEdges(1);
            List<InteractionMatrix> generated = List.of(randomEdges(2), randomEdges(3));
            GraphTrainer model = part(manager, settings, interactions);
            model.network()
                    .use(generated.stream()
                            .map(edges -> BipartiteGraph.of(edges).adjacency(manager))
                            .toList());
            NDList parameters = model.parameters().parameters();
            NDList results = model.network().lossAndGradients(BATCH_USERS, BATCH_POSITIVES, BATCH_NEGATIVES, manager);

            ForwardOracle oracle = oracle(parameters, interactions, generated, settings);
            assertThat((double) results.getFirst().getFloat()).isCloseTo(loss(oracle, settings), within(1e-4));
            assertGradients(results.get(1), oracle.users, oracle, settings);
            assertGradients(results.get(2), oracle.items, oracle, settings);
            assertGradients(results.get(3), new double[][] {oracle.logits}, oracle, settings);
            assertGradients(results.get(4), oracle.weights.get(0), oracle, settings);
            assertGradients(results.get(5), new double[][] {oracle.biases.get(0)}, oracle, settings);
            assertGradients(results.get(6), oracle.weights.get(1), oracle, settings);
            assertGradients(results.get(7), new double[][] {oracle.biases.get(1)}, oracle, settings);
        }
    }

    @ParameterizedTest
    @EnumSource
    void loss_inBfloat16_isNearFloat32s(ContrastMethod method) {
        DiffMmSettings settings = SettingsFixture.with(1, 1, FeatureMapKind.LINEAR, method);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            List<float[]> exact = results(settings, manager);
            List<float[]> reduced = results(SettingsFixture.with(settings, ProductType.BFLOAT16), manager);
            for (int at = 0; at < exact.size(); at++) {
                assertThat(distance(exact.get(at), reduced.get(at)))
                        .as("result %d", at)
                        .isLessThan(0.02 * distance(exact.get(at), new float[exact.get(at).length]));
            }
            assertThat(reduced.get(1)).isNotEqualTo(exact.get(1));
        }
    }

    private static GraphTrainer part(NDManager manager, DiffMmSettings settings, InteractionMatrix interactions) {
        return new GraphTrainer(manager, settings, SettingsFixture.published(settings), interactions, features());
    }

    /// The loss and its gradients.
    private static List<float[]> results(DiffMmSettings settings, NDManager manager) {
        manager.getEngine().setRandomSeed(5);
        GraphTrainer model = part(manager, settings, randomEdges(1));
        model.network()
                .use(Stream.of(randomEdges(2), randomEdges(3))
                        .map(edges -> BipartiteGraph.of(edges).adjacency(manager))
                        .toList());
        return model.network().lossAndGradients(BATCH_USERS, BATCH_POSITIVES, BATCH_NEGATIVES, manager).stream()
                .map(NDArray::toFloatArray)
                .toList();
    }

    private static double distance(float[] a, float[] b) {
        return Math.sqrt(IntStream.range(0, a.length)
                .mapToDouble(at -> (a[at] - b[at]) * (double) (a[at] - b[at]))
                .sum());
    }

    private static void assertGradients(
            NDArray computed, double[][] parameter, ForwardOracle oracle, DiffMmSettings settings) {
        float[] gradient = computed.toFloatArray();
        assertThat(gradient).hasSize(parameter.length * parameter[0].length);
        int columns = parameter[0].length;
        int step = Math.ceilDiv(gradient.length, MAX_ENTRIES);
        for (int at = gradient.length - 1; at >= 0; at -= step) {
            double[] row = parameter[at / columns];
            double kept = row[at % columns];
            row[at % columns] = kept + STEP;
            double above = loss(oracle, settings);
            row[at % columns] = kept - STEP;
            double below = loss(oracle, settings);
            row[at % columns] = kept;
            assertThat((double) gradient[at]).as("[%d]", at).isCloseTo((above - below) / (2 * STEP), within(2e-4));
        }
    }

    private static double loss(ForwardOracle oracle, DiffMmSettings settings) {
        double[][] main = oracle.main();
        double bpr = 0;
        for (int b = 0; b < BATCH_USERS.length; b++) {
            double[] user = main[(int) BATCH_USERS[b]];
            double margin = dot(user, main[USERS + (int) BATCH_POSITIVES[b]])
                    - dot(user, main[USERS + (int) BATCH_NEGATIVES[b]]);
            bpr += Math.log1p(Math.exp(-margin));
        }
        double squares = 0;
        for (double[][] table : List.of(oracle.users, oracle.items)) {
            for (double[] row : table) {
                squares += dot(row, row);
            }
        }
        double[][] a = oracle.contrastView(0);
        double[][] b = oracle.contrastView(1);
        RecommendationForm.Contrast own = SettingsFixture.published(settings).contrast();
        double contrast = switch (own.method()) {
            case MAIN_VIEW -> contrast(main, a, settings) + contrast(main, b, settings);
            case MODALITY_PAIRS -> contrast(a, b, settings);
        };
        return bpr / settings.optimisation().batchSize()
                + settings.optimisation().regularisation() * squares
                + own.weight() * contrast;
    }

    private static double contrast(double[][] first, double[][] second, DiffMmSettings settings) {
        double[][] x = ForwardOracle.normalised(first);
        double[][] y = ForwardOracle.normalised(second);
        return infoNce(x, y, BATCH_USERS, 0, USERS, settings) + infoNce(x, y, BATCH_POSITIVES, USERS, ITEMS, settings);
    }

    private static double infoNce(
            double[][] x, double[][] y, long[] anchors, int from, int count, DiffMmSettings settings) {
        double tau = SettingsFixture.published(settings).contrast().temperature();
        double total = 0;
        for (long anchor : anchors) {
            double[] query = x[from + (int) anchor];
            double denominator = IntStream.range(from, from + count)
                    .mapToDouble(node -> Math.exp(dot(query, y[node]) / tau))
                    .sum();
            total += Math.log(denominator) - dot(query, y[from + (int) anchor]) / tau;
        }
        return total / anchors.length;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            sum += a[j] * b[j];
        }
        return sum;
    }

    private static ForwardOracle oracle(
            NDList leaves, InteractionMatrix interactions, List<InteractionMatrix> generated, DiffMmSettings settings) {
        return new ForwardOracle(
                doubles(leaves.get("user.embedding")),
                doubles(leaves.get("item.embedding")),
                doubles(leaves.get("modality.weight").expandDims(0))[0],
                List.of(doubles(leaves.get("map.a.weight")), doubles(leaves.get("map.b.weight"))),
                List.of(
                        doubles(leaves.get("map.a.bias").expandDims(0))[0],
                        doubles(leaves.get("map.b.bias").expandDims(0))[0]),
                features().stream().map(GraphNetworkTest::doubles).toList(),
                interactions,
                generated,
                SettingsFixture.published(settings));
    }

    private static double[][] doubles(NDArray array) {
        return rows(array.toFloatArray(), (int) array.getShape().get(1));
    }

    private static double[][] doubles(FeatureMatrix features) {
        return rows(features.values(), features.columns());
    }

    private static double[][] rows(float[] values, int columns) {
        double[][] rows = new double[values.length / columns][columns];
        for (int at = 0; at < values.length; at++) {
            rows[at / columns][at % columns] = values[at];
        }
        return rows;
    }

    private static List<FeatureMatrix> features() {
        List<FeatureMatrix> features = new ArrayList<>();
        for (int m = 0; m < FEATURES.length; m++) {
            var random = new SplittableRandom(m);
            float[] values = new float[ITEMS * FEATURES[m]];
            for (int at = 0; at < values.length; at++) {
                values[at] = (float) random.nextDouble(-1, 1);
            }
            features.add(new FeatureMatrix(m == 0 ? "a" : "b", ITEMS, FEATURES[m], values));
        }
        return features;
    }

    private static InteractionMatrix randomEdges(long seed) {
        var random = new SplittableRandom(seed);
        List<int[]> rows = new ArrayList<>();
        for (int user = 0; user < USERS; user++) {
            rows.add(IntStream.range(0, ITEMS)
                    .filter(item -> random.nextInt(2) == 0)
                    .toArray());
        }
        return InteractionMatrix.of(ITEMS, rows);
    }
}
