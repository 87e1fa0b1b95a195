package io.diffmm.training.blend;

import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.model.RankingQuery;
import io.diffmm.model.StageTimes;
import io.diffmm.model.UserHistory;
import io.diffmm.model.blend.Blend;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.ranking.Ranking;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;

/// Collects the candidates of users: the best items of every view, and what each view says of all of them.
final class ViewCandidates {

    /// Best items that each view puts up.
    private static final int COUNT = 100;

    private static final int BATCH = 256;

    private final BlendedRecommender model;
    private final List<Blend> views;
    private final Function<HeldOutUser, int[]> histories;

    /// @param views each view alone
    /// @param histories what each user interacted with before, not empty
    ViewCandidates(BlendedRecommender model, List<Blend> views, Function<HeldOutUser, int[]> histories) {
        this.model = model;
        this.views = views;
        this.histories = histories;
    }

    List<Candidates> of(List<HeldOutUser> users) {
        List<BitSet> pools = new ArrayList<>();
        users.forEach(_ -> pools.add(new BitSet()));
        forEachView(users, (_, view, from, batch) -> put(pools.subList(from, from + batch.size()), best(view, batch)));
        List<int[]> items = pools.stream().map(pool -> pool.stream().toArray()).toList();
        double[][][] scores = new double[users.size()][views.size()][];
        forEachView(users, (at, view, from, batch) -> {
            List<double[]> found = view.scores(userHistories(batch), items.subList(from, from + batch.size()));
            for (int row = 0; row < found.size(); row++) {
                scores[from + row][at] = found.get(row);
            }
        });
        List<Candidates> candidates = new ArrayList<>(users.size());
        for (int row = 0; row < users.size(); row++) {
            candidates.add(new Candidates(
                    scores[row],
                    hits(items.get(row), users.get(row)),
                    users.get(row).items().length));
        }
        return candidates;
    }

    private void forEachView(List<HeldOutUser> users, Visitor visitor) {
        for (int at = 0; at < views.size(); at++) {
            try (BlendedRecommender view = model.with(views.get(at))) {
                for (int from = 0; from < users.size(); from += BATCH) {
                    visitor.visit(at, view, from, users.subList(from, Math.min(from + BATCH, users.size())));
                }
            }
        }
    }

    private List<Ranking> best(BlendedRecommender view, List<HeldOutUser> users) {
        List<RankingQuery> queries = userHistories(users).stream()
                .map(history -> new RankingQuery(history, bits(history.items()), COUNT))
                .toList();
        return view.recommend(queries, new StageTimes());
    }

    private static void put(List<BitSet> pools, List<Ranking> best) {
        for (int row = 0; row < pools.size(); row++) {
            pools.get(row).or(bits(best.get(row).rows()));
        }
    }

    private List<UserHistory> userHistories(List<HeldOutUser> users) {
        return users.stream()
                .map(user -> new UserHistory(user.row(), histories.apply(user)))
                .toList();
    }

    private static boolean[] hits(int[] items, HeldOutUser user) {
        BitSet wanted = bits(user.items());
        boolean[] hits = new boolean[items.length];
        for (int at = 0; at < items.length; at++) {
            hits[at] = wanted.get(items[at]);
        }
        return hits;
    }

    private static BitSet bits(int[] items) {
        BitSet bits = new BitSet();
        for (int item : items) {
            bits.set(item);
        }
        return bits;
    }

    @FunctionalInterface
    private interface Visitor {
        void visit(int at, BlendedRecommender view, int from, List<HeldOutUser> batch);
    }
}
