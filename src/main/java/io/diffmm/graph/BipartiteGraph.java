package io.diffmm.graph;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.graph.CsrMatrix.Adjacency;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Symmetric graph of users and items with self-loops, normalised: `D^-1/2 (A + Id) D^-1/2`.
///
/// Node u is user u, node U + i is item i. The weight of an edge is `1 / sqrt(n_a n_b)`, where `n` is the number of a
/// node's neighbours plus one. Immutable; consists of Java arrays until [#adjacency] creates native ones.
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

    /// Creates the graph whose edges are the interactions of `matrix`.
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

    /// Returns U, the number of users.
    public int users() {
        return users;
    }

    /// Returns I, the number of items.
    public int items() {
        return items;
    }

    /// Returns `n_i` of every item: its number of users plus one.
    public int[] itemDegrees() {
        return Arrays.copyOfRange(degrees, users, degrees.length);
    }

    /// Creates the normalised adjacency matrix.
    ///
    /// @param manager owner of the native arrays
    public Adjacency adjacency(NDManager manager) {
        CsrMatrix neighbours = CsrMatrix.of(manager, coordinates[1], longs(rowStarts(degrees)), values);
        return new Adjacency(neighbours, neighbours);
    }

    /// Creates the normalised adjacency matrix after edge dropout: each entry is kept with probability `keep` and
    /// scaled by `1 / keep`.
    ///
    /// As in the published program, the two directions of an edge and the self-loops are drawn independently.
    ///
    /// @param manager owner of the native arrays
    public Adjacency adjacency(NDManager manager, double keep, RandomGenerator random) {
        if (keep >= 1) {
            return adjacency(manager);
        }
        int[] kept = IntStream.range(0, values.length)
                .filter(_ -> random.nextDouble() < keep)
                .toArray();
        return new Adjacency(neighbours(manager, kept, 0, keep), neighbours(manager, kept, 1, keep));
    }

    /// Creates the matrix of some entries, scaled by `1 / keep`.
    ///
    /// @param kept indices of the entries, sorted by row
    /// @param by coordinate that becomes the row: 0 for the matrix, 1 for its transpose
    private CsrMatrix neighbours(NDManager manager, int[] kept, int by, double keep) {
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
        return CsrMatrix.of(manager, columns, longs(starts), weights);
    }

    private static long[] longs(int[] values) {
        return Arrays.stream(values).asLongStream().toArray();
    }

    /// Normalised interaction matrix, without self-loops: `A = D_u^-1/2 X D_i^-1/2`, `[U, I]`.
    ///
    /// `A^T A` has the eigenvalues of `P = D_i^-1 X^T D_u^-1 X`, the random walk from an item to one of its
    /// users and on to one of that user's items: `P = D_i^-1/2 (A^T A) D_i^1/2`.
    public static final class WalkMatrix {

        private WalkMatrix() {}

        /// Creates the matrix: forward from items to users, backward from users to items.
        ///
        /// @param manager owner of the native arrays
        public static Adjacency of(InteractionMatrix interactions, NDManager manager) {
            return new Adjacency(received(interactions, manager), received(interactions.transposed(), manager));
        }

        private static CsrMatrix received(InteractionMatrix matrix, NDManager manager) {
            int[] counts = matrix.columnCounts();
            int[] columns = matrix.items();
            float[] weights = new float[columns.length];
            int at = 0;
            for (int row = 0; row < matrix.rows(); row++) {
                for (int end = at + matrix.rowLength(row); at < end; at++) {
                    weights[at] = (float) (1 / Math.sqrt((double) matrix.rowLength(row) * counts[columns[at]]));
                }
            }
            long[] starts = IntStream.of(matrix.offsets())
                    .limit(matrix.rows())
                    .asLongStream()
                    .toArray();
            return CsrMatrix.of(manager, IntStream.of(columns).asLongStream().toArray(), starts, weights);
        }
    }
}
