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
        return new Adjacency(received(interactions, manager), received(interactions.transposed(), manager));
    }

    /// What the rows of a matrix receive from its columns.
    private static Neighbours received(InteractionMatrix matrix, NDManager manager) {
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
        return Neighbours.of(manager, IntStream.of(columns).asLongStream().toArray(), starts, weights);
    }
}
