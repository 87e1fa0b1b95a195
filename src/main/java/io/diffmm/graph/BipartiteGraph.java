package io.diffmm.graph;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.engine.EngineArrays;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Users and items as the nodes of one symmetric graph with self-loops, normalised: `D^-1/2 (A + Id) D^-1/2`.
///
/// Node u is user u, node U + i is item i. An edge weighs `1 / sqrt(n_a n_b)`, where `n` counts a node's
/// neighbours and itself. Immutable; plain Java arrays until [#adjacency] makes native ones.
public final class BipartiteGraph {

    private final int users;
    private final int items;
    private final int[] degrees; // [U + I], self-loop included
    private final long[][] coordinates; // [2][entries], sorted by row
    private final float[] values; // [entries]

    private BipartiteGraph(int users, int items, int[] degrees, long[][] coordinates, float[] values) {
        this.users = users;
        this.items = items;
        this.degrees = degrees;
        this.coordinates = coordinates;
        this.values = values;
    }

    /// The graph whose edges are the interactions of `matrix`.
    public static BipartiteGraph of(InteractionMatrix matrix) {
        int users = matrix.rows();
        int nodes = users + matrix.columns();
        int[] degrees = degrees(matrix);
        int entries = Math.addExact(nodes, Math.multiplyExact(2, matrix.size()));
        long[][] coordinates = new long[2][entries];
        float[] values = new float[entries];
        int[] next = rowStarts(degrees);
        for (int node = 0; node < nodes; node++) {
            put(coordinates, values, next[node]++, node, node, degrees);
        }
        for (int user = 0; user < users; user++) {
            for (int item : matrix.row(user)) {
                int other = users + item;
                put(coordinates, values, next[user]++, user, other, degrees);
                put(coordinates, values, next[other]++, other, user, degrees);
            }
        }
        return new BipartiteGraph(users, matrix.columns(), degrees, coordinates, values);
    }

    private static int[] degrees(InteractionMatrix matrix) {
        int[] degrees = new int[matrix.rows() + matrix.columns()];
        int[] counts = matrix.columnCounts();
        Arrays.setAll(
                degrees, node -> 1 + (node < matrix.rows() ? matrix.rowLength(node) : counts[node - matrix.rows()]));
        return degrees;
    }

    private static int[] rowStarts(int[] degrees) {
        int[] starts = new int[degrees.length];
        for (int node = 1; node < degrees.length; node++) {
            starts[node] = starts[node - 1] + degrees[node - 1];
        }
        return starts;
    }

    private static void put(long[][] coordinates, float[] values, int at, int row, int column, int[] degrees) {
        coordinates[0][at] = row;
        coordinates[1][at] = column;
        values[at] = (float) (1 / Math.sqrt((double) degrees[row] * degrees[column]));
    }

    /// U.
    public int users() {
        return users;
    }

    /// I.
    public int items() {
        return items;
    }

    /// `n_i` of every item: how many users it is tied to, and itself.
    public int[] itemDegrees() {
        return Arrays.copyOfRange(degrees, users, degrees.length);
    }

    /// The normalised adjacency.
    ///
    /// @param manager owns the native array
    public Adjacency adjacency(NDManager manager) {
        return sparse(manager, coordinates, values);
    }

    /// The normalised adjacency after edge dropout: each entry stays with probability `keep` and is scaled by `1 /
    /// keep`.
    ///
    /// As in the published program the two directions of an edge, and the self-loops, are drawn independently.
    ///
    /// @param manager owns the native array
    public Adjacency adjacency(NDManager manager, double keep, RandomGenerator random) {
        if (keep >= 1) {
            return adjacency(manager);
        }
        long[][] kept = new long[2][values.length];
        float[] scaled = new float[values.length];
        int count = 0;
        for (int at = 0; at < values.length; at++) {
            if (random.nextDouble() < keep) {
                kept[0][count] = coordinates[0][at];
                kept[1][count] = coordinates[1][at];
                scaled[count++] = (float) (values[at] / keep);
            }
        }
        long[][] trimmed = {Arrays.copyOf(kept[0], count), Arrays.copyOf(kept[1], count)};
        return sparse(manager, trimmed, Arrays.copyOf(scaled, count));
    }

    private Adjacency sparse(NDManager manager, long[][] entries, float[] weights) {
        int nodes = users + items;
        return new Adjacency(EngineArrays.sparse(manager, entries, weights, nodes, nodes));
    }
}
