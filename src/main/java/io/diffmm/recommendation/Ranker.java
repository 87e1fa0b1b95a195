package io.diffmm.recommendation;

import io.diffmm.datasets.Item;
import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.ranking.Ranking;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// From a model's ranking to the items of an answer.
final class Ranker {

    private Ranker() {}

    /// At most `limit` items from place `offset` on.
    static List<RecommendedItem> items(ItemCatalogue items, Ranking ranking, int offset, int limit) {
        List<RecommendedItem> ranked = new ArrayList<>();
        int end = Math.min(offset + limit, ranking.size());
        for (int place = offset; place < end; place++) {
            Item item = items.item(ranking.row(place));
            ranked.add(new RecommendedItem(place + 1, item.id(), ranking.score(place), item.title()));
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
