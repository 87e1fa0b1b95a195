package io.diffmm.model.diffmm;

import io.diffmm.datasets.InteractionMatrix;

/// The mean embedding of each item's users, from which somebody whom the model was not trained on gets one.
///
/// A user with a history of n items counts 1 / n in each of them, so that all users count alike. Were it 1, the few
/// with
/// long histories would be most of every mean, and they are not whom newcomers are like.
final class Audiences {

    private Audiences() {}

    /// The means; zero for an item without users.
    ///
    /// @param users `E_u`, `[U, d]`
    /// @param histories each user's items, `[U, I]`
    /// @return `[I, d]`, row by row
    static float[] of(Table users, InteractionMatrix histories) {
        double[][] sums = new double[histories.columns()][users.columns()];
        double[] weights = new double[histories.columns()];
        for (int user = 0; user < histories.rows(); user++) {
            double weight = 1.0 / histories.rowLength(user);
            for (int item : histories.row(user)) {
                users.addTo(sums[item], user, weight);
                weights[item] += weight;
            }
        }
        return means(sums, weights, users.columns());
    }

    private static float[] means(double[][] sums, double[] weights, int columns) {
        float[] means = new float[sums.length * columns];
        for (int item = 0; item < sums.length; item++) {
            for (int j = 0; weights[item] > 0 && j < columns; j++) {
                means[item * columns + j] = (float) (sums[item][j] / weights[item]);
            }
        }
        return means;
    }
}
