package io.diffmm.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.graph.CsrMatrix.Adjacency;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BipartiteGraphTest {

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void propagate_twoUsersTwoItems_matchesHandComputedSums() {
        // user 0 - item 0, user 1 - items 0 and 1; degrees with self-loops: 2, 3 | 3, 2
        BipartiteGraph graph = BipartiteGraph.of(InteractionMatrix.of(2, List.of(new int[] {0}, new int[] {0, 1})));

        float[] next = propagate(graph.adjacency(manager).forward(), 1, 10, 100, 1000);

        assertThat(graph.itemDegrees()).containsExactly(3, 2);
        assertThat(next[0]).isCloseTo((float) (1 / 2.0 + 100 / Math.sqrt(6)), within(1e-4f));
        assertThat(next[1]).isCloseTo((float) (10 / 3.0 + 100 / 3.0 + 1000 / Math.sqrt(6)), within(1e-3f));
        assertThat(next[2]).isCloseTo((float) (1 / Math.sqrt(6) + 10 / 3.0 + 100 / 3.0), within(1e-4f));
        assertThat(next[3]).isCloseTo((float) (10 / Math.sqrt(6) + 1000 / 2.0), within(1e-3f));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void propagate_anyGraph_equalsDenseFormula(long seed) {
        InteractionMatrix matrix = randomMatrix(seed);
        int nodes = matrix.rows() + matrix.columns();
        double[] states = new SplittableRandom(seed).doubles(nodes, -1, 1).toArray();

        float[] next = propagate(BipartiteGraph.of(matrix).adjacency(manager).forward(), floats(states));

        double[] expected = densePropagation(matrix, states);
        for (int node = 0; node < nodes; node++) {
            assertThat((double) next[node]).isCloseTo(expected[node], within(1e-5));
        }
    }

    @Test
    void adjacency_survivesGarbageCollection() {
        InteractionMatrix matrix = randomMatrix(19);
        float[] ones = ones(matrix.rows() + matrix.columns());
        Adjacency adjacency = BipartiteGraph.of(matrix).adjacency(manager);
        float[] before = propagate(adjacency.forward(), ones);
        for (int round = 0; round < 5; round++) {
            System.gc();
            manager.ones(new Shape(1000, 1000)).close();
        }

        assertThat(propagate(adjacency.forward(), ones)).containsExactly(before);
    }

    @Test
    void adjacency_edgeDropout_keepsTheShareAndTheExpectation() {
        List<int[]> rows = IntStream.range(0, 200)
                .mapToObj(user -> IntStream.range(0, 100).toArray())
                .toList();
        BipartiteGraph graph = BipartiteGraph.of(InteractionMatrix.of(100, rows));

        double whole = sum(propagate(graph.adjacency(manager).forward(), ones(300)));
        double dropped = sum(
                propagate(graph.adjacency(manager, 0.5, new SplittableRandom(1)).forward(), ones(300)));

        // 40,300 entries of about 1/142: the standard deviation of the sum is about 1.4 of 280
        assertThat(dropped).isCloseTo(whole, within(6.0)).isNotEqualTo(whole);
        assertThat(sum(propagate(
                        graph.adjacency(manager, 1, new SplittableRandom(1)).forward(), ones(300))))
                .isEqualTo(whole);
    }

    /// Tests `y . A x = A^T y . x` for random x and y.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void adjacency_backward_isTheTranspose(long seed) {
        InteractionMatrix matrix = randomMatrix(seed);
        int nodes = matrix.rows() + matrix.columns();
        var random = new SplittableRandom(seed);
        float[] x = floats(random.doubles(nodes, -1, 1).toArray());
        float[] y = floats(random.doubles(nodes, -1, 1).toArray());

        Adjacency adjacency = BipartiteGraph.of(matrix).adjacency(manager, 0.5, random);

        assertThat(dot(y, propagate(adjacency.forward(), x)))
                .isCloseTo(dot(x, propagate(adjacency.backward(), y)), within(1e-5));
    }

    private static float[] propagate(CsrMatrix neighbours, float... states) {
        long[] columns = neighbours.columns().toLongArray();
        long[] offsets = neighbours.offsets().toLongArray();
        float[] weights = neighbours.weights().toFloatArray();
        float[] next = new float[offsets.length];
        for (int node = 0; node < next.length; node++) {
            long end = node + 1 < offsets.length ? offsets[node + 1] : columns.length;
            for (int at = (int) offsets[node]; at < end; at++) {
                next[node] += weights[at] * states[(int) columns[at]];
            }
        }
        return next;
    }

    private static float[] ones(int count) {
        float[] ones = new float[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static double sum(float[] values) {
        return dot(values, ones(values.length));
    }

    private static double dot(float[] a, float[] b) {
        return IntStream.range(0, a.length)
                .mapToDouble(at -> (double) a[at] * b[at])
                .sum();
    }

    private static double[] densePropagation(InteractionMatrix matrix, double[] states) {
        int users = matrix.rows();
        int nodes = users + matrix.columns();
        double[][] edges = new double[nodes][nodes];
        for (int node = 0; node < nodes; node++) {
            edges[node][node] = 1;
        }
        for (int user = 0; user < users; user++) {
            for (int item : matrix.row(user)) {
                edges[user][users + item] = 1;
                edges[users + item][user] = 1;
            }
        }
        double[] degrees = IntStream.range(0, nodes)
                .mapToDouble(node -> Arrays.stream(edges[node]).sum())
                .toArray();
        double[] next = new double[nodes];
        for (int a = 0; a < nodes; a++) {
            for (int b = 0; b < nodes; b++) {
                next[a] += edges[a][b] / Math.sqrt(degrees[a] * degrees[b]) * states[b];
            }
        }
        return next;
    }

    private static InteractionMatrix randomMatrix(long seed) {
        var random = new SplittableRandom(seed);
        int users = 1 + random.nextInt(1 + (int) seed);
        int items = 1 + random.nextInt(1 + (int) seed);
        List<int[]> rows = new ArrayList<>();
        for (int user = 0; user < users; user++) {
            rows.add(IntStream.range(0, items)
                    .filter(item -> random.nextInt(3) == 0)
                    .toArray());
        }
        return InteractionMatrix.of(items, rows);
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int at = 0; at < values.length; at++) {
            floats[at] = (float) values[at];
        }
        return floats;
    }
}
