package io.diffmm.training.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.diffmm.engine.EngineArrays;
import java.util.Arrays;

/// Picks rows of a table, with gradients that flow back to the table.
///
/// A product with a sparse matrix of ones rather than an index: on a CPU the way back through an index adds up
/// from several threads in any order, so that two runs of one program differ in the last bits; this adds up in
/// one order.
final class RowSelection {

    private final NDArray matrix; // [B, rows], one 1 a row
    private final NDArray index; // [B] int64

    /// A selection from a table of `rows` rows.
    ///
    /// @param manager owns the native arrays
    /// @param selected the rows to pick; a row may stand more than once
    RowSelection(NDManager manager, long[] selected, long rows) {
        long[][] coordinates = {new long[selected.length], selected};
        Arrays.setAll(coordinates[0], at -> at);
        float[] ones = new float[selected.length];
        Arrays.fill(ones, 1);
        this.matrix = EngineArrays.sparse(manager, coordinates, ones, selected.length, rows);
        this.index = manager.create(selected);
    }

    /// The selected rows.
    ///
    /// @param table `[rows, d]`
    /// @return `[B, d]`
    NDArray of(NDArray table) {
        return matrix.matMul(table);
    }

    /// The numbers of the selected rows, `[B]` int64.
    NDArray index() {
        return index;
    }
}
