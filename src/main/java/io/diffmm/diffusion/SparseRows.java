package io.diffmm.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.engine.EngineArrays;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/// Batch of sparse user rows, `[B, I]`, in Java arrays; [#columns(NDManager)], [#offsets(NDManager)] and
/// [#values(NDManager)] convert it to compressed sparse row (CSR) format in native arrays.
///
/// @param columns I
/// @param rows columns of the nonzero entries of each row, B arrays
/// @param values nonzero entries of each row, in the order of its columns, B arrays
public record SparseRows(int columns, List<int[]> rows, List<float[]> values) {

    public SparseRows {
        rows = List.copyOf(rows);
        values = List.copyOf(values);
        if (rows.size() != values.size()) {
            throw new IllegalArgumentException("%d rows have values of %d".formatted(rows.size(), values.size()));
        }
        for (int row = 0; row < rows.size(); row++) {
            if (rows.get(row).length != values.get(row).length) {
                throw new IllegalArgumentException("row %d has %d columns and %d values"
                        .formatted(row, rows.get(row).length, values.get(row).length));
            }
        }
    }

    /// Creates rows of ones.
    ///
    /// @param histories columns of the ones in each row
    public static SparseRows clicks(int columns, List<int[]> histories) {
        return new SparseRows(
                columns,
                histories,
                histories.stream().map(history -> filled(history, 1)).toList());
    }

    /// Creates rows with sum 1 whose nonzero entries are equal; an empty row stays empty.
    ///
    /// @param histories columns of the nonzero entries in each row
    public static SparseRows shares(int columns, List<int[]> histories) {
        return new SparseRows(
                columns,
                histories,
                histories.stream()
                        .map(history -> filled(history, 1f / history.length))
                        .toList());
    }

    private static float[] filled(int[] history, float value) {
        float[] values = new float[history.length];
        Arrays.fill(values, value);
        return values;
    }

    /// Multiplies each entry by a weight.
    ///
    /// @param weights returns the weights of the entries of a row, given their number
    public SparseRows weighted(IntFunction<double[]> weights) {
        return new SparseRows(
                columns,
                rows,
                values.stream()
                        .map(row -> product(row, weights.apply(row.length)))
                        .toList());
    }

    private static float[] product(float[] row, double[] weights) {
        float[] product = new float[row.length];
        for (int at = 0; at < row.length; at++) {
            product[at] = (float) (row[at] * weights[at]);
        }
        return product;
    }

    /// Returns B, the number of rows.
    public int size() {
        return rows.size();
    }

    /// Returns the columns of the entries, row by row, int64.
    ///
    /// @param manager owner of the array
    public NDArray columns(NDManager manager) {
        return EngineArrays.integers(
                manager,
                rows.stream().flatMapToInt(Arrays::stream).asLongStream().toArray());
    }

    /// Returns the index of the first entry of each row in [#columns(NDManager)], `[B]` int64.
    ///
    /// @param manager owner of the array
    public NDArray offsets(NDManager manager) {
        long[] offsets = new long[rows.size()];
        for (int row = 1; row < offsets.length; row++) {
            offsets[row] = offsets[row - 1] + rows.get(row - 1).length;
        }
        return EngineArrays.integers(manager, offsets);
    }

    /// Returns the entries, row by row, float32.
    ///
    /// @param manager owner of the array
    public NDArray values(NDManager manager) {
        float[] all = new float[values.stream().mapToInt(row -> row.length).sum()];
        int at = 0;
        for (float[] row : values) {
            System.arraycopy(row, 0, all, at, row.length);
            at += row.length;
        }
        return EngineArrays.dense(manager, all, new Shape(all.length));
    }

    /// Converts the rows to a dense array.
    ///
    /// @return `[B, I]`, attached to `manager`
    public NDArray toDense(NDManager manager) {
        float[] dense = new float[Math.multiplyExact(rows.size(), columns)];
        for (int row = 0; row < rows.size(); row++) {
            int[] own = rows.get(row);
            for (int at = 0; at < own.length; at++) {
                dense[row * columns + own[at]] = values.get(row)[at];
            }
        }
        return EngineArrays.dense(manager, dense, new Shape(rows.size(), columns));
    }
}
