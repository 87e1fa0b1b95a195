package io.diffmm.evaluation;

import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.ranking.TopK;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;

/// Popularity baseline: ranks items by their number of users, the same for every user.
///
/// A model that does not beat it is not published; it also ranks for users without a history.
public final class PopularityRanker implements OfflineRanker {

    private final float[] scores;

    /// Creates the baseline.
    ///
    /// @param users number of users of each item
    public PopularityRanker(int[] users) {
        this.scores = new float[users.length];
        for (int item = 0; item < users.length; item++) {
            scores[item] = users[item];
        }
    }

    @Override
    public List<int[]> rank(List<HeldOutUser> users, Function<HeldOutUser, BitSet> excluded, int count) {
        return users.stream()
                .map(user -> TopK.best(scores, excluded.apply(user), count))
                .toList();
    }
}
