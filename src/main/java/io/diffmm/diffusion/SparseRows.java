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

    /// The rows as a sparse array.
    ///
    /// @return `[B, I]` in coordinate format, attached to `manager`
    public NDArray toSparse(NDManager manager) {
        int ones = rows.stream().mapToInt(row -> row.length).sum();
        long[][] coordinates = new long[2][ones];
        int at = 0;
        for (int row = 0; row < rows.size(); row++) {
            for (int column : rows.get(row)) {
                coordinates[0][at] = row;
                coordinates[1][at++] = column;
            }
        }
        float[] values = new float[ones];
        Arrays.fill(values, 1);
        return EngineArrays.sparse(manager, coordinates, values, rows.size(), columns);
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
