package io.diffmm.model;

import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalDouble;

/// Trained model of any family, from histories to the best items.
///
/// Deterministic: the same query has the same list, alone or in a batch, in any precision; the last digits of scores
/// may differ where a denoised row contributes to them. Thread-safe. Owns native arrays until it is closed.
public interface Recommender extends AutoCloseable {

    /// Query for the best items of a history.
    ///
    /// @param history not empty
    /// @param excluded rows of items that are not ranked; shared, read-only
    /// @param count number of items to return; the ranking is shorter only if fewer items are left
    record RankingQuery(UserHistory history, BitSet excluded, int count) {

        public RankingQuery {
            if (count < 0) {
                throw new IllegalArgumentException("count is %d, not 0 or more".formatted(count));
            }
        }
    }

    /// Query for the items most similar to one; the item itself is not among them.
    ///
    /// @param item row of the item
    /// @param count number of items to return; the ranking is shorter only if there are fewer
    record SimilarityQuery(int item, int count) {}

    /// Query for the contributions to the scores of some items, for a history.
    final class ExplanationQuery {

        private final UserHistory history;
        private final int[] items;
        private final int maxOmissions;

        /// @param history not empty
        /// @param items rows of the items to explain; shared, read-only
        /// @param maxOmissions maximum number of items of the history left out in turn, the newest ones; each
        /// costs as much as one more user; with 0 there are no reasons
        /// @throws IllegalArgumentException if the history is empty
        public ExplanationQuery(UserHistory history, int[] items, int maxOmissions) {
            if (history.items().length == 0) {
                throw new IllegalArgumentException("the history is empty, so there is no score to explain");
            }
            if (maxOmissions < 0) {
                throw new IllegalArgumentException("maxOmissions is %d; need at least 0".formatted(maxOmissions));
            }
            this.history = history;
            this.items = items;
            this.maxOmissions = maxOmissions;
        }

        public UserHistory history() {
            return history;
        }

        /// Rows of the items to explain; read-only.
        public int[] items() {
            return items;
        }

        public int maxOmissions() {
            return maxOmissions;
        }
    }

    /// I, the number of items ranked.
    int itemCount();

    /// Ranks the best items of each query.
    ///
    /// @param times receives the duration of each stage
    /// @param cores executor of independent parts
    /// @return B rankings
    List<Ranking> recommend(List<RankingQuery> queries, StageTimes times, Cores cores);

    /// Ranks the best items of each query on the calling thread.
    ///
    /// @param times receives the duration of each stage
    /// @return B rankings
    default List<Ranking> recommend(List<RankingQuery> queries, StageTimes times) {
        return recommend(queries, times, Cores.one());
    }

    /// Finds the items most similar to given ones, by the cosine of their vectors.
    ///
    /// @return one ranking per query
    List<Ranking> similar(List<SimilarityQuery> queries, StageTimes times);

    /// Explains the scores of some items: contribution of each view, and influence of the items of the history.
    ///
    /// Runs on one core of the calling thread, so that the figures do not depend on the number of cores. Without a
    /// history there are no scores; the scores without a history's only item count as zero.
    ///
    /// @param sizes sizes of the batches in which the shorter histories are computed
    /// @param times receives the duration of each stage
    /// @return one explanation per item
    List<Explanation> explain(ExplanationQuery query, BatchSizes sizes, StageTimes times);

    /// Precision of the item scan, as a short text.
    String precision();

    /// Recall of the latest searches over an index, the minimum over all indexes; empty without an index. Takes
    /// long.
    OptionalDouble indexRecall();

    /// Frees the native arrays.
    @Override
    void close();
}
