package io.diffmm.graph;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.InteractionMatrix;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

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
    /// @param manager owns the native arrays
    public Adjacency adjacency(NDManager manager) {
        Neighbours neighbours = Neighbours.of(manager, coordinates[1], longs(rowStarts(degrees)), values);
        return new Adjacency(neighbours, neighbours);
    }

    /// The normalised adjacency after edge dropout: each entry stays with probability `keep` and is scaled by `1 /
    /// keep`.
    ///
    /// As in the published program the two directions of an edge, and the self-loops, are drawn independently.
    ///
    /// @param manager owns the native arrays
    public Adjacency adjacency(NDManager manager, double keep, RandomGenerator random) {
        if (keep >= 1) {
            return adjacency(manager);
        }
        int[] kept = IntStream.range(0, values.length)
                .filter(_ -> random.nextDouble() < keep)
                .toArray();
        return new Adjacency(neighbours(manager, kept, 0, keep), neighbours(manager, kept, 1, keep));
    }

    /// The neighbours in some of the entries, scaled by `1 / keep`.
    ///
    /// @param kept the entries, sorted by row
    /// @param by which coordinate receives: 0 for the rows, 1 for the columns
    private Neighbours neighbours(NDManager manager, int[] kept, int by, double keep) {
        int nodes = users + items;
        int[] counts = new int[nodes];
        for (int entry : kept) {
            counts[(int) coordinates[by][entry]]++;
        }
        int[] starts = rowStarts(counts);
        int[] next = starts.clone();
        long[] columns = new long[kept.length];
        float[] weights = new float[kept.length];
        for (int entry : kept) {
            int at = next[(int) coordinates[by][entry]]++;
            columns[at] = coordinates[1 - by][entry];
            weights[at] = (float) (values[entry] / keep);
        }
        return Neighbours.of(manager, columns, longs(starts), weights);
    }

    private static long[] longs(int[] values) {
        return Arrays.stream(values).asLongStream().toArray();
    }
}
