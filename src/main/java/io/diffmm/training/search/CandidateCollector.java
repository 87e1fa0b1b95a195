package io.diffmm.training.search;

import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.model.Recency;
import io.diffmm.model.Recommender.RankingQuery;
import io.diffmm.model.StageTimes;
import io.diffmm.model.UserHistory;
import io.diffmm.model.blend.Blend;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.ranking.Ranking;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Collects each user's candidates for a blend: the top items of every view, with their scores in all views.
///
/// @param recency recency weights of each view
/// @param histories each user's earlier interactions, oldest first; not empty for the users that are passed
public record CandidateCollector(
        BlendedRecommender model, Function<String, Recency> recency, Function<HeldOutUser, int[]> histories) {

    /// Number of top items that each view contributes.
    private static final int COUNT = 100;

    private static final int BATCH = 256;

    /// Returns the candidates of each user, with one row of scores per view of the model.
    public List<Candidates> collect(List<HeldOutUser> users) {
        List<BitSet> pools = new ArrayList<>();
        users.forEach(_ -> pools.add(new BitSet()));
        forEachView(users, (_, view, from, batch) -> addTop(view, batch, pools.subList(from, from + batch.size())));
        List<int[]> items = pools.stream().map(pool -> pool.stream().toArray()).toList();
        float[][][] scores = new float[users.size()][model.views().size()][]; // [U, V, C]
        forEachView(users, (at, view, from, batch) -> {
            List<double[]> found = view.scores(userHistories(batch), items.subList(from, from + batch.size()));
            for (int row = 0; row < found.size(); row++) {
                scores[from + row][at] = floats(found.get(row));
            }
        });
        return IntStream.range(0, users.size())
                .mapToObj(row -> Candidates.of(scores[row], items.get(row), users.get(row)))
                .toList();
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int at = 0; at < values.length; at++) {
            floats[at] = (float) values[at];
        }
        return floats;
    }

    private void forEachView(List<HeldOutUser> users, Visitor visitor) {
        List<String> views = model.views();
        for (int at = 0; at < views.size(); at++) {
            try (BlendedRecommender view = model.with(alone(views.get(at)))) {
                for (int from = 0; from < users.size(); from += BATCH) {
                    visitor.visit(at, view, from, users.subList(from, Math.min(from + BATCH, users.size())));
                }
            }
        }
    }

    private Blend alone(String view) {
        return new Blend(Map.of(view, new Blend.Part(1, recency.apply(view))));
    }

    private void addTop(BlendedRecommender view, List<HeldOutUser> users, List<BitSet> pools) {
        List<RankingQuery> queries = userHistories(users).stream()
                .map(history -> new RankingQuery(history, bits(history.items()), COUNT))
                .toList();
        List<Ranking> top = view.recommend(queries, new StageTimes());
        for (int row = 0; row < pools.size(); row++) {
            pools.get(row).or(bits(top.get(row).rows()));
        }
    }

    private List<UserHistory> userHistories(List<HeldOutUser> users) {
        return users.stream()
                .map(user -> new UserHistory(user.row(), histories.apply(user)))
                .toList();
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
