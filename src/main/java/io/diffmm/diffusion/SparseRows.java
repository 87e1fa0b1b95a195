package io.diffmm.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.engine.EngineArrays;
import java.util.Arrays;
import java.util.List;

/// A batch of binary interaction rows, `[B, I]`, of which only the ones are kept.
///
/// @param columns I
/// @param rows the columns that are 1 in each row, B arrays
public record SparseRows(int columns, List<int[]> rows) {

    public SparseRows {
        rows = List.copyOf(rows);
    }

    /// B.
    public int size() {
        return rows.size();
    }

    /// The columns that are 1, row after row.
    public long[] allColumns() {
        return rows.stream().flatMapToInt(Arrays::stream).asLongStream().toArray();
    }

    /// Where each row begins in [#allColumns], B numbers.
    public long[] offsets() {
        long[] offsets = new long[rows.size()];
        for (int row = 1; row < offsets.length; row++) {
            offsets[row] = offsets[row - 1] + rows.get(row - 1).length;
        }
        return offsets;
    }

    /// The rows written out.
    ///
    /// @return `[B, I]`, dense, attached to `manager`
    public NDArray toDense(NDManager manager) {
        float[] values = new float[Math.multiplyExact(rows.size(), columns)];
        for (int row = 0; row < rows.size(); row++) {
            for (int column : rows.get(row)) {
                values[row * columns + column] = 1;
            }
        }
        return EngineArrays.dense(manager, values, new Shape(rows.size(), columns));
    }
}
