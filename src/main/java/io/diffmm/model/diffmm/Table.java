package io.diffmm.model.diffmm;

import ai.djl.ndarray.NDArray;

/// A float32 matrix in plain Java, one row a user or an item. Immutable.
final class Table {

    private final int columns;
    private final float[] values;

    private Table(int columns, float[] values) {
        this.columns = columns;
        this.values = values;
    }

    /// Copies a native array `[rows, columns]`.
    static Table of(NDArray array) {
        return new Table((int) array.getShape().get(1), array.toFloatArray());
    }

    /// This table with row r divided by `sqrt(degrees[r])`: the item's half of a normalised edge.
    Table overRootOf(int[] degrees) {
        float[] scaled = new float[values.length];
        for (int at = 0; at < values.length; at++) {
            scaled[at] = (float) (values[at] / Math.sqrt(degrees[at / columns]));
        }
        return new Table(columns, scaled);
    }

    int columns() {
        return columns;
    }

    /// `total += weight * row`.
    void addTo(double[] total, int row, double weight) {
        int start = row * columns;
        for (int j = 0; j < columns; j++) {
            total[j] += weight * values[start + j];
        }
    }

    /// A copy of one row.
    double[] row(int row) {
        double[] copy = new double[columns];
        addTo(copy, row, 1);
        return copy;
    }
}
