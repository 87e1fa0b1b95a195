package io.diffmm.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.engine.EngineArrays;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/// A batch of users' rows, `[B, I]`, of which only the entries that are not zero are kept.
///
/// @param columns I
/// @param rows the columns of each row's entries, B arrays
/// @param values the entries of each row, in the order of its columns, B arrays
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

    /// Rows of ones.
    ///
    /// @param histories the columns that are 1 in each row
    public static SparseRows clicks(int columns, List<int[]> histories) {
        return new SparseRows(
                columns,
                histories,
                histories.stream().map(history -> filled(history, 1)).toList());
    }

    /// Rows that sum to 1, all entries of a row alike; an empty row stays empty.
    ///
    /// @param histories the columns that are not zero in each row
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

    /// The same rows, each entry multiplied with a weight.
    ///
    /// @param weights those of a row's entries, by how many there are
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

    /// B.
    public int size() {
        return rows.size();
    }

    /// The columns of the entries, row after row, int64.
    ///
    /// @param manager owns the array
    public NDArray columns(NDManager manager) {
        return EngineArrays.integers(
                manager,
                rows.stream().flatMapToInt(Arrays::stream).asLongStream().toArray());
    }

    /// Where each row begins in [#columns(NDManager)], `[B]` int64.
    ///
    /// @param manager owns the array
    public NDArray offsets(NDManager manager) {
        long[] offsets = new long[rows.size()];
        for (int row = 1; row < offsets.length; row++) {
            offsets[row] = offsets[row - 1] + rows.get(row - 1).length;
        }
        return EngineArrays.integers(manager, offsets);
    }

    /// The entries, row after row.
    ///
    /// @param manager owns the array
    public NDArray values(NDManager manager) {
        float[] all = new float[values.stream().mapToInt(row -> row.length).sum()];
        int at = 0;
        for (float[] row : values) {
            System.arraycopy(row, 0, all, at, row.length);
            at += row.length;
        }
        return EngineArrays.dense(manager, all, new Shape(all.length));
    }

    /// The rows written out.
    ///
    /// @return `[B, I]`, dense, attached to `manager`
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
