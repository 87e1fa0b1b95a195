package io.diffmm.evaluation;

import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.ranking.TopK;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;

/// The baseline that ranks items by how many users have them, the same for everybody.
public final class Popularity implements Ranker {

    private final float[] scores;

    /// Popularity by the number of users of each item.
    public Popularity(int[] users) {
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
