package io.diffmm.graph;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.InteractionMatrix;
import java.util.stream.IntStream;

/// The interactions without self-loops, normalised: `A = D_u^-1/2 X D_i^-1/2`, `[U, I]`.
///
/// `A^T A` has the eigenvalues of `P = D_i^-1 X^T D_u^-1 X`, a walk from an item to one of its users and on to one of
/// the user's items: `P = D_i^-1/2 (A^T A) D_i^1/2`.
public final class WalkMatrix {

    private WalkMatrix() {}

    /// The matrix: forward, what each user receives from its items; backward, what each item receives from its users.
    ///
    /// @param manager owns the native arrays
    public static Adjacency of(InteractionMatrix interactions, NDManager manager) {
        int[] counts = interactions.columnCounts();
        int[] starts = starts(counts);
        int[] next = starts.clone();
        long[] items = new long[interactions.size()];
        long[] users = new long[interactions.size()];
        float[] weights = new float[interactions.size()];
        float[] backWeights = new float[interactions.size()];
        int at = 0;
        for (int user = 0; user < interactions.rows(); user++) {
            for (int item : interactions.row(user)) {
                int back = next[item]++;
                items[at] = item;
                users[back] = user;
                weights[at] = (float) (1 / Math.sqrt((double) interactions.rowLength(user) * counts[item]));
                backWeights[back] = weights[at++];
            }
        }
        int[] userStarts =
                IntStream.of(interactions.offsets()).limit(interactions.rows()).toArray();
        return new Adjacency(
                Neighbours.of(manager, items, longs(userStarts), weights),
                Neighbours.of(manager, users, longs(starts), backWeights));
    }

    private static int[] starts(int[] counts) {
        int[] starts = new int[counts.length];
        for (int item = 1; item < starts.length; item++) {
            starts[item] = starts[item - 1] + counts[item - 1];
        }
        return starts;
    }

    private static long[] longs(int[] values) {
        return IntStream.of(values).asLongStream().toArray();
    }
}
