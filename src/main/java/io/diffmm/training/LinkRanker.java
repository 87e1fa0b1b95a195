package io.diffmm.training;

import io.diffmm.datasets.HeldOutUser;
import io.diffmm.evaluation.Ranker;
import io.diffmm.model.Recency;
import io.diffmm.model.linear.ItemLinks;
import io.diffmm.model.linear.LinkedItems;
import io.diffmm.ranking.BestRows;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;

/// The ranking of a linear view alone; items that a history is not linked with are not ranked.
final class LinkRanker implements Ranker {

    private final ItemLinks links;
    private final Function<HeldOutUser, int[]> histories;
    private final Recency recency;

    /// @param histories what each user interacted with before, oldest first
    LinkRanker(ItemLinks links, Function<HeldOutUser, int[]> histories, Recency recency) {
        this.links = links;
        this.histories = histories;
        this.recency = recency;
    }

    @Override
    public List<int[]> rank(List<HeldOutUser> users, Function<HeldOutUser, BitSet> excluded, int count) {
        return users.stream()
                .map(user -> best(histories.apply(user), excluded.apply(user), count))
                .toList();
    }

    private int[] best(int[] history, BitSet excluded, int count) {
        LinkedItems linked = LinkedItems.of(links, history, recency.weights(history.length));
        BestRows best = new BestRows(count);
        for (int at = 0; at < linked.size(); at++) {
            if (!excluded.get(linked.items()[at])) {
                best.offer(linked.items()[at], linked.scores()[at]);
            }
        }
        return best.drain().rows();
    }
}
