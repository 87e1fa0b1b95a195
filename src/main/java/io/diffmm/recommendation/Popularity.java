package io.diffmm.recommendation;

import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.TopK;
import io.diffmm.runtime.ServedModel;
import java.util.BitSet;

/// The items by how many users have them, ranked once for each loaded model.
final class Popularity {

    private static final int MOST = RecommendationQuery.MAXIMUM_OFFSET + RecommendationQuery.MAXIMUM_LIMIT;

    private volatile Ranked ranked = new Ranked("", Ranking.empty());

    /// The most popular items, as many as any query can reach.
    Ranking ranking(ServedModel model) {
        Ranked current = ranked;
        if (!current.version().equals(model.version())) {
            current = new Ranked(model.version(), TopK.ranking(scores(model), new BitSet(), MOST));
            ranked = current;
        }
        return current.ranking();
    }

    private static float[] scores(ServedModel model) {
        int[] counts = model.histories().columnCounts();
        float[] scores = new float[counts.length];
        for (int item = 0; item < counts.length; item++) {
            scores[item] = counts[item];
        }
        return scores;
    }

    private record Ranked(String version, Ranking ranking) {}
}
