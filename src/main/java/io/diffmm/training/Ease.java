package io.diffmm.training;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.evaluation.OfflineRanker;
import io.diffmm.evaluation.PopularityRanker;
import io.diffmm.linear.RidgeRegression;
import io.diffmm.ranking.TopK;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;

/// Baseline EASE (Steck 2019, <https://arxiv.org/abs/1905.03375>): linear regression of every item on all others.
///
/// The scores of a user are the sum of the regression's rows for the items of the history. A user without a history
/// gets the most popular items.
///
/// Memory: owns the regression until it is closed. Not thread-safe.
final class Ease implements OfflineRanker, AutoCloseable {

    private final RidgeRegression regression;
    private final Function<HeldOutUser, int[]> histories;
    private final PopularityRanker popularity;

    private Ease(RidgeRegression regression, Function<HeldOutUser, int[]> histories, PopularityRanker popularity) {
        this.regression = regression;
        this.histories = histories;
        this.popularity = popularity;
    }

    /// Fits the regression.
    ///
    /// @param lambda weight of the L2 regularisation, above zero
    /// @param histories each user's earlier interactions
    static Ease fit(InteractionMatrix train, double lambda, Function<HeldOutUser, int[]> histories, NDManager parent) {
        PopularityRanker popularity = new PopularityRanker(train.columnCounts());
        return new Ease(RidgeRegression.fit(train, lambda, parent), histories, popularity);
    }

    @Override
    public List<int[]> rank(List<HeldOutUser> users, Function<HeldOutUser, BitSet> excluded, int count) {
        return users.stream().map(user -> rank(user, excluded, count)).toList();
    }

    private int[] rank(HeldOutUser user, Function<HeldOutUser, BitSet> excluded, int count) {
        int[] history = histories.apply(user);
        return history.length == 0
                ? popularity.rank(List.of(user), excluded, count).getFirst()
                : TopK.best(scores(history), excluded.apply(user), count);
    }

    /// Returns the score of every item.
    float[] scores(int[] history) {
        double[] sums = new double[regression.size()];
        for (int item : history) {
            double[] weights = regression.weights(item);
            for (int other = 0; other < sums.length; other++) {
                sums[other] += weights[other];
            }
        }
        float[] scores = new float[sums.length];
        for (int item = 0; item < scores.length; item++) {
            scores[item] = (float) sums[item];
        }
        return scores;
    }

    /// Frees the regression.
    @Override
    public void close() {
        regression.close();
    }
}
