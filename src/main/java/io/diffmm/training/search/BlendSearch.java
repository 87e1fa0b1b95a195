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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Chooses the blend of a model's views on held-out items.
///
/// It also cross-validates the search with two folds: each half of the users is ranked with the weights found on the
/// other half. The difference from the result on the search's own users is overfitting.
public final class BlendSearch {

    /// Maximum number of users. The standard error of a mean over them is far below the effect of the weights.
    private static final int MAX_USERS = 10_000;

    private final BlendedRecommender model;
    private final Function<HeldOutUser, int[]> histories;
    private final Function<String, Recency> recency;
    private final long seed;

    /// Creates a search.
    ///
    /// @param histories each user's earlier interactions, oldest first
    /// @param recency recency weights of each view
    /// @param seed seed of the sample of users
    public BlendSearch(
            BlendedRecommender model,
            Function<HeldOutUser, int[]> histories,
            Function<String, Recency> recency,
            long seed) {
        this.model = model;
        this.histories = histories;
        this.recency = recency;
        this.seed = seed;
    }

    /// Result of a search.
    ///
    /// @param crossValidatedNdcg mean NDCG@20 of two-fold cross-validation; empty for a single user
    public record Result(Blend blend, Optional<Double> crossValidatedNdcg) {}

    /// Searches the blend.
    ///
    /// @param users users with held-out items; those without a history are ignored
    /// @throws IllegalArgumentException if no user has a history
    public Result search(List<HeldOutUser> users) {
        List<String> views = model.views();
        List<WeightSearch.Candidates> candidates = new CandidateCollector(
                        model, views.stream().map(this::alone).toList(), histories)
                .collect(sample(users));
        double[] weights = new WeightSearch(candidates, views.size()).weights();
        return new Result(blend(views, weights), crossValidate(candidates, views.size()));
    }

    private static Optional<Double> crossValidate(List<WeightSearch.Candidates> candidates, int views) {
        if (candidates.size() < 2) {
            return Optional.empty();
        }
        List<WeightSearch.Candidates> first = candidates.subList(0, candidates.size() / 2);
        List<WeightSearch.Candidates> second = candidates.subList(candidates.size() / 2, candidates.size());
        return Optional.of((ndcg(first, second, views) + ndcg(second, first, views)) / 2);
    }

    private static double ndcg(
            List<WeightSearch.Candidates> measured, List<WeightSearch.Candidates> searched, int views) {
        return WeightSearch.mean(measured, new WeightSearch(searched, views).weights());
    }

    private Blend alone(String view) {
        return new Blend(Map.of(view, new Blend.Part(1, recency.apply(view))));
    }

    private List<HeldOutUser> sample(List<HeldOutUser> users) {
        List<HeldOutUser> known = new ArrayList<>(
                users.stream().filter(user -> histories.apply(user).length > 0).toList());
        if (known.isEmpty()) {
            throw new IllegalArgumentException("a blend needs a user with a history and a held-out item");
        }
        Collections.shuffle(known, new Random(seed));
        return known.subList(0, Math.min(known.size(), MAX_USERS));
    }

    private Blend blend(List<String> views, double[] weights) {
        Map<String, Blend.Part> parts = new LinkedHashMap<>();
        IntStream.range(0, weights.length)
                .filter(view -> weights[view] > 0)
                .forEach(view -> parts.put(
                        views.get(view), new Blend.Part(rounded(weights[view]), recency.apply(views.get(view)))));
        return new Blend(parts);
    }

    /// Rounds a weight to float32, which is still more precise than the search.
    private static double rounded(double weight) {
        return Double.parseDouble(Float.toString((float) weight));
    }

    /// Collects each user's candidates: the top items of every view, with their scores in all views.
    ///
    /// @param views blends that consist of one view each
    /// @param histories each user's earlier interactions, not empty
    private record CandidateCollector(
            BlendedRecommender model, List<Blend> views, Function<HeldOutUser, int[]> histories) {

        /// Number of top items that each view contributes.
        private static final int COUNT = 100;

        private static final int BATCH = 256;

        List<WeightSearch.Candidates> collect(List<HeldOutUser> users) {
            List<BitSet> pools = new ArrayList<>();
            users.forEach(_ -> pools.add(new BitSet()));
            forEachView(users, (_, view, from, batch) -> addTop(view, batch, pools.subList(from, from + batch.size())));
            List<int[]> items =
                    pools.stream().map(pool -> pool.stream().toArray()).toList();
            double[][][] scores = new double[users.size()][views.size()][]; // [U, V, C]
            forEachView(users, (at, view, from, batch) -> {
                List<double[]> found = view.scores(userHistories(batch), items.subList(from, from + batch.size()));
                for (int row = 0; row < found.size(); row++) {
                    scores[from + row][at] = found.get(row);
                }
            });
            return IntStream.range(0, users.size())
                    .mapToObj(row -> candidates(scores[row], items.get(row), users.get(row)))
                    .toList();
        }

        private static WeightSearch.Candidates candidates(double[][] scores, int[] items, HeldOutUser user) {
            return new WeightSearch.Candidates(scores, hits(items, user), user.items().length);
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

        private static boolean[] hits(int[] items, HeldOutUser user) {
            BitSet heldOut = bits(user.items());
            boolean[] hits = new boolean[items.length];
            for (int at = 0; at < items.length; at++) {
                hits[at] = heldOut.get(items[at]);
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
}
