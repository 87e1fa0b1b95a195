package io.diffmm.recommendation;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.TopK;
import io.diffmm.runtime.ModelRuntime.ServedModel;
import java.util.BitSet;

/// The items by how many users have them, ranked once for each loaded model.
final class Popularity {

    private static final int MOST = RecommendationQuery.MAXIMUM_OFFSET + RecommendationQuery.MAXIMUM_LIMIT;

    /// As many as may be served at once, and those that are just being replaced.
    private static final int VERSIONS = 4;

    private final Cache<String, Ranking> ranked =
            Caffeine.newBuilder().maximumSize(VERSIONS).build();

    /// The most popular items, as many as any query can reach.
    Ranking ranking(ServedModel model) {
        return ranked.get(model.version(), _ -> TopK.ranking(scores(model), new BitSet(), MOST));
    }

    private static float[] scores(ServedModel model) {
        int[] counts = model.histories().columnCounts();
        float[] scores = new float[counts.length];
        for (int item = 0; item < counts.length; item++) {
            scores[item] = counts[item];
        }
        return scores;
    }
}
