package io.diffmm.training.diffmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.graph.Adjacency;
import io.diffmm.graph.BipartiteGraph;
import io.diffmm.model.Tensors;
import io.diffmm.model.diffmm.ContrastMethod;
import io.diffmm.model.diffmm.DiffMm;
import io.diffmm.model.diffmm.DiffMmSettings;
import io.diffmm.model.diffmm.FeatureMapKind;
import io.diffmm.model.diffmm.ForwardOracle;
import io.diffmm.model.diffmm.SettingsFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Holds the recommendation loss and its gradients against float64 in plain Java and its central differences.
class RecommendationLossTest {

    private static final int USERS = 5;
    private static final int ITEMS = 6;
    private static final int[] FEATURES = {3, 2};
    private static final double STEP = 1e-5;
    private static final long[] BATCH_USERS = {0, 1, 2, 4, 0};
    private static final long[] BATCH_POSITIVES = {0, 2, 3, 5, 1};
    private static final long[] BATCH_NEGATIVES = {3, 0, 5, 1, 4};

    @ParameterizedTest(name = "{0}, {1} layers")
    @CsvSource({"MAIN_VIEW, 1", "MODALITY_PAIRS, 2"})
    void loss_valueAndEveryGradient_matchFloat64(ContrastMethod method, int layers) {
        DiffMmSettings settings = SettingsFixture.with(layers, 1, FeatureMapKind.LINEAR, method);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            manager.getEngine().setRandomSeed(5);
            InteractionMatrix interactions = randomEdges(1);
            List<InteractionMatrix> generated = List.of(randomEdges(2), randomEdges(3));
            DiffMm model = new DiffMm(manager, settings, interactions, features());
            List<Adjacency> graphs = generated.stream()
                    .map(edges -> BipartiteGraph.of(edges).adjacency(manager))
                    .toList();
            NDList leaves = leaves(model, manager);
            float value = backward(model, leaves, graphs);

            ForwardOracle oracle = oracle(leaves, interactions, generated, settings);
            assertThat((double) value).isCloseTo(loss(oracle, settings), within(1e-5));
            assertGradients(leaves.get("user.embedding"), oracle.users, oracle, settings);
            assertGradients(leaves.get("item.embedding"), oracle.items, oracle, settings);
            assertGradients(leaves.get("modality.weight"), new double[][] {oracle.logits}, oracle, settings);
            assertGradients(leaves.get("map.a.weight"), oracle.weights.get(0), oracle, settings);
            assertGradients(leaves.get("map.b.weight"), oracle.weights.get(1), oracle, settings);
            assertGradients(leaves.get("map.b.bias"), new double[][] {oracle.biases.get(1)}, oracle, settings);
        }
    }

    private static float backward(DiffMm model, NDList leaves, List<Adjacency> graphs) {
        NDManager manager = leaves.getManager();
        try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
            NDArray loss = new RecommendationLoss(model)
                    .of(leaves, graphs, new Triples.Batch(BATCH_USERS, BATCH_POSITIVES, BATCH_NEGATIVES));
            collector.backward(loss);
            return loss.getFloat();
        }
    }

    private static NDList leaves(DiffMm model, NDManager manager) {
        NDList leaves = new NDList();
        for (NDArray parameter : model.graphParameters().parameters()) {
            NDArray leaf = Tensors.alias(parameter, manager);
            leaf.setRequiresGradient(true);
            leaves.add(leaf);
        }
        return leaves;
    }

    private static void assertGradients(
            NDArray leaf, double[][] parameter, ForwardOracle oracle, DiffMmSettings settings) {
        float[] gradient = leaf.getGradient().toFloatArray();
        int columns = parameter[0].length;
        for (int at = 0; at < gradient.length; at++) {
            double[] row = parameter[at / columns];
            double kept = row[at % columns];
            row[at % columns] = kept + STEP;
            double above = loss(oracle, settings);
            row[at % columns] = kept - STEP;
            double below = loss(oracle, settings);
            row[at % columns] = kept;
            assertThat((double) gradient[at])
                    .as("%s[%d]", leaf.getName(), at)
                    .isCloseTo((above - below) / (2 * STEP), within(2e-4));
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
        double contrast = switch (settings.contrast().method()) {
            case MAIN_VIEW -> contrast(main, a, settings) + contrast(main, b, settings);
            case MODALITY_PAIRS -> contrast(a, b, settings);
        };
        return bpr / settings.optimisation().batchSize()
                + settings.optimisation().regularisation() * squares
                + settings.contrast().weight() * contrast;
    }

    private static double contrast(double[][] first, double[][] second, DiffMmSettings settings) {
        double[][] x = ForwardOracle.normalised(first);
        double[][] y = ForwardOracle.normalised(second);
        return infoNce(x, y, BATCH_USERS, 0, USERS, settings) + infoNce(x, y, BATCH_POSITIVES, USERS, ITEMS, settings);
    }

    private static double infoNce(
            double[][] x, double[][] y, long[] anchors, int from, int count, DiffMmSettings settings) {
        double tau = settings.contrast().temperature();
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
                features().stream().map(RecommendationLossTest::doubles).toList(),
                interactions,
                generated,
                settings);
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
