package io.diffmm.training;

import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.datasets.HeldOutUser;
import io.diffmm.evaluation.Ranker;
import io.diffmm.linear.ItemLinks;
import io.diffmm.model.Recency;
import io.diffmm.model.linear.ItemLinks;
import io.diffmm.ranking.SparseScores;
import io.diffmm.ranking.TopK;

import java.util.BitSet;
import java.util.List;
import java.util.function.Function;

/// The ranking of a linear view alone; of items that a history is not linked with it says zero, as the published view
/// does.
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
                .map(user -> best(user, excluded.apply(user), count))
                .toList();
    }

    private int[] best(HeldOutUser user, BitSet excluded, int count) {
        int[] history = histories.apply(user);
        SparseScores linked = links.scores(history, recency.weights(history.length));
        float[] scores = new float[links.size()];
        for (int at = 0; at < linked.size(); at++) {
            scores[linked.row(at)] = (float) linked.score(at);
        }
        return TopK.best(scores, excluded, count);
    }
}
