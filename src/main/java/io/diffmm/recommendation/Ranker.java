package io.diffmm.recommendation;

import io.diffmm.datasets.Item;
import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.ranking.TopK;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// From one score for each item to the items of an answer.
final class Ranker {

    private Ranker() {}

    /// Items `offset .. offset + limit` of the ranking by `scores` without the rows in `excluded`.
    static List<RecommendedItem> rank(ItemCatalogue items, float[] scores, BitSet excluded, int limit, int offset) {
        if (scores.length != items.size()) {
            throw new IllegalStateException("%d scores for %d items".formatted(scores.length, items.size()));
        }
        int[] best = TopK.best(scores, excluded, offset + limit);
        List<RecommendedItem> ranked = new ArrayList<>();
        for (int place = offset; place < best.length; place++) {
            Item item = items.item(best[place]);
            ranked.add(new RecommendedItem(place + 1, item.id(), scores[best[place]], item.title()));
        }
        return List.copyOf(ranked);
    }

    static BitSet rows(int... rows) {
        BitSet set = new BitSet();
        for (int row : rows) {
            set.set(row);
        }
        return set;
    }
}
