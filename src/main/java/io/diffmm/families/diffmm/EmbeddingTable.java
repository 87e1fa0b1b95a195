package io.diffmm.families.diffmm;

import ai.djl.ndarray.NDArray;
import io.diffmm.datasets.InteractionMatrix;

/// Embeddings of users or items in plain Java: a float32 matrix with one row for each. Immutable.
final class EmbeddingTable {

    private final int columns;
    private final float[] values;

    private EmbeddingTable(int columns, float[] values) {
        this.columns = columns;
        this.values = values;
    }

    /// Copies a native array `[rows, columns]`.
    static EmbeddingTable of(NDArray array) {
        return new EmbeddingTable((int) array.getShape().get(1), array.toFloatArray());
    }

    /// Returns this table with row r divided by `sqrt(degrees[r])`: the item's half of a normalised edge.
    EmbeddingTable overRootOf(int[] degrees) {
        float[] scaled = new float[values.length];
        for (int at = 0; at < values.length; at++) {
            scaled[at] = (float) (values[at] / Math.sqrt(degrees[at / columns]));
        }
        return new EmbeddingTable(columns, scaled);
    }

    int columns() {
        return columns;
    }

    /// Adds a row to a vector: `total += weight * row`.
    void addTo(double[] total, int row, double weight) {
        int start = row * columns;
        for (int j = 0; j < columns; j++) {
            total[j] += weight * values[start + j];
        }
    }

    /// Returns a copy of one row.
    double[] row(int row) {
        double[] copy = new double[columns];
        addTo(copy, row, 1);
        return copy;
    }

    /// Computes the mean embedding of each item's users, from which a user unknown to training gets an embedding. This
    /// table contains the users, `E_u`, `[U, d]`.
    ///
    /// A user with a history of n items has the weight 1 / n in each of their means, so that the total weight of
    /// all users is equal. With weights of 1 the few users with long histories would dominate every mean, and new
    /// users are not like them.
    ///
    /// @param histories items of each user, `[U, I]`
    /// @return `[I, d]`, row by row; zero for an item without users
    float[] itemUserMeans(InteractionMatrix histories) {
        double[][] sums = new double[histories.columns()][columns];
        double[] weights = new double[histories.columns()];
        for (int user = 0; user < histories.rows(); user++) {
            double weight = 1.0 / histories.rowLength(user);
            for (int item : histories.row(user)) {
                addTo(sums[item], user, weight);
                weights[item] += weight;
            }
        }
        float[] means = new float[sums.length * columns];
        for (int item = 0; item < sums.length; item++) {
            for (int j = 0; weights[item] > 0 && j < columns; j++) {
                means[item * columns + j] = (float) (sums[item][j] / weights[item]);
            }
        }
        return means;
    }
}
