package io.diffmm.linear;

import io.diffmm.datasets.FeatureMatrix;

/// Rows of features as vectors of length 1, after every column was moved to mean 0 and scaled to variance 1.
///
/// A column in which all items are alike tells none from another and is left out; a row of which nothing is left stays
/// zero.
final class UnitRows {

    private final FeatureMatrix features;
    private final double[] means;
    private final double[] scales; // 1 / standard deviation, 0 of a constant column

    UnitRows(FeatureMatrix features) {
        this.features = features;
        this.means = new double[features.columns()];
        this.scales = new double[features.columns()];
        for (int column = 0; column < means.length; column++) {
            standardise(column);
        }
    }

    private void standardise(int column) {
        double sum = 0;
        boolean constant = true;
        for (int row = 0; row < features.rows(); row++) {
            sum += value(row, column);
            constant &= value(row, column) == value(0, column);
        }
        means[column] = sum / features.rows();
        double squares = 0;
        for (int row = 0; row < features.rows(); row++) {
            double difference = value(row, column) - means[column];
            squares += difference * difference;
        }
        scales[column] = constant ? 0 : Math.sqrt(features.rows() / squares);
    }

    private double value(int row, int column) {
        return features.values()[row * features.columns() + column];
    }

    /// Some rows, one after the other.
    ///
    /// @return `[to - from, columns]`
    float[] rows(int from, int to) {
        float[] values = new float[(to - from) * features.columns()];
        for (int row = from; row < to; row++) {
            write(row, values, (row - from) * features.columns());
        }
        return values;
    }

    private void write(int row, float[] target, int at) {
        double squares = 0;
        for (int column = 0; column < means.length; column++) {
            double value = standardised(row, column);
            squares += value * value;
        }
        double scale = squares == 0 ? 0 : 1 / Math.sqrt(squares);
        for (int column = 0; column < means.length; column++) {
            target[at + column] = (float) (scale * standardised(row, column));
        }
    }

    private double standardised(int row, int column) {
        return (value(row, column) - means[column]) * scales[column];
    }
}
