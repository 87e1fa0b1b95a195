package io.diffmm.evaluation;

import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.model.Recommender;
import io.diffmm.model.Recommender.RankingQuery;
import io.diffmm.model.StageTimes;
import io.diffmm.model.UserHistory;
import io.diffmm.ranking.Ranking;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/// Ranks items for the users of a held-out split: a model, one of its views, or a baseline.
@FunctionalInterface
public interface OfflineRanker {

    /// Returns the rows of the best `count` items of each user, best first.
    ///
    /// @param excluded items that are not ranked for a user
    List<int[]> rank(List<HeldOutUser> users, Function<HeldOutUser, BitSet> excluded, int count);

    /// Ranks with a model as serving does: users without a history get the most popular items.
    final class ModelRanker implements OfflineRanker {

        private final Recommender model;
        private final Function<HeldOutUser, int[]> histories;
        private final PopularityRanker popularity;

        /// Creates a ranker of `model`.
        ///
        /// @param histories items each user interacted with before the held-out ones, oldest first
        public ModelRanker(Recommender model, Function<HeldOutUser, int[]> histories, PopularityRanker popularity) {
            this.model = model;
            this.histories = histories;
            this.popularity = popularity;
        }

        @Override
        public List<int[]> rank(List<HeldOutUser> users, Function<HeldOutUser, BitSet> excluded, int count) {
            List<HeldOutUser> known = users.stream().filter(this::hasHistory).toList();
            Iterator<int[]> ranked = recommend(known, excluded, count).iterator();
            Iterator<int[]> popular = popularity
                    .rank(users.stream().filter(user -> !hasHistory(user)).toList(), excluded, count)
                    .iterator();
            return users.stream()
                    .map(user -> (hasHistory(user) ? ranked : popular).next())
                    .toList();
        }

        private List<int[]> recommend(List<HeldOutUser> users, Function<HeldOutUser, BitSet> excluded, int count) {
            if (users.isEmpty()) {
                return List.of();
            }
            List<RankingQuery> queries = users.stream()
                    .map(user -> new RankingQuery(
                            new UserHistory(user.row(), histories.apply(user)), excluded.apply(user), count))
                    .toList();
            return model.recommend(queries, new StageTimes()).stream()
                    .map(Ranking::rows)
                    .toList();
        }

        private boolean hasHistory(HeldOutUser user) {
            return histories.apply(user).length > 0;
        }
    }
}
