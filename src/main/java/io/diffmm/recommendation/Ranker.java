package io.diffmm.recommendation;

import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.datasets.ItemCatalogue.Item;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/// From a model's ranking to the items of an answer.
final class Ranker {

    private Ranker() {}

    /// At most `limit` items from place `offset` on.
    static List<RecommendedItem> items(ItemCatalogue items, Ranking ranking, int offset, int limit) {
        List<RecommendedItem> ranked = new ArrayList<>();
        int place = offset;
        for (int row : page(ranking, offset, limit)) {
            Item item = items.item(row);
            ranked.add(new RecommendedItem(place + 1, item.id(), ranking.score(place), item.title()));
            place++;
        }
        return List.copyOf(ranked);
    }

    /// The items of [#items] with an explanation each.
    ///
    /// @param explanations in the order of the items; none if they were not asked for
    static List<RecommendedItem> explained(
            List<RecommendedItem> ranked, List<Explanation> explanations, ItemCatalogue items) {
        if (explanations.isEmpty()) {
            return ranked;
        }
        return IntStream.range(0, ranked.size())
                .mapToObj(at -> ranked.get(at).explained(ItemExplanation.of(explanations.get(at), items)))
                .toList();
    }

    /// The rows of the items of [#items].
    static int[] page(Ranking ranking, int offset, int limit) {
        return IntStream.range(offset, Math.min(offset + limit, ranking.size()))
                .map(ranking::row)
                .toArray();
    }

    static BitSet rows(int... rows) {
        BitSet set = new BitSet();
        for (int row : rows) {
            set.set(row);
        }
        return set;
    }
}
