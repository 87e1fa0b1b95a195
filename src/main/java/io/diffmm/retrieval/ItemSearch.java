package io.diffmm.retrieval;

import io.diffmm.ranking.Ranking;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalDouble;

/// Top-k search for the items with the greatest inner products.
///
/// The score of an item is the inner product of its vector and the query, plus the item's bias and its score offset
/// ([TopKRequest#added]), in float64. Equal scores are ordered by ascending item; scores are rounded to float32 only
/// after that. So a ranking does not depend on the other queries of its batch. Implementations are thread-safe.
public interface ItemSearch extends AutoCloseable {

    /// Returns the best items of each query.
    ///
    /// @param queries B vectors `[F]`
    /// @param requests parameters of each query
    /// @return B rankings; each has `count` items, or all that are not excluded if there are fewer
    List<Ranking> best(List<double[]> queries, List<TopKRequest> requests);

    /// Returns the items' vectors; must not be used after [#close].
    ItemVectors vectors();

    /// Measures the recall of the latest search; empty if searches are exact, or there was none.
    ///
    /// Searches exhaustively, so it takes long for large catalogues.
    default OptionalDouble latestRecall() {
        return OptionalDouble.empty();
    }

    /// Enables or disables exhaustive search instead of an index. Has no effect on exact searches.
    default void setExhaustive(boolean exhaustive) {}

    /// Returns a short description of the method, for example `index`.
    String describe();

    /// Frees the memory of the search.
    @Override
    void close();

    /// Search among items without vectors: every inner product is zero, so items are ranked by score
    /// offset, then by number.
    final class UniformSearch implements ItemSearch {

        private final ItemVectors vectors;

        /// Creates a search among `items` items.
        public UniformSearch(int items) {
            this.vectors = new ItemVectors(MemorySegment.NULL, MemorySegment.ofArray(new float[items]), 0);
        }

        @Override
        public List<Ranking> best(List<double[]> queries, List<TopKRequest> requests) {
            List<Ranking> rankings = new ArrayList<>(queries.size());
            for (int row = 0; row < queries.size(); row++) {
                rankings.add(requests.get(row).best(vectors, queries.get(row), this::first));
            }
            return rankings;
        }

        private Ranking first(TopKRequest request) {
            BitSet excluded = request.excluded();
            int left = vectors.size() - excluded.get(0, vectors.size()).cardinality();
            int[] items = new int[Math.min(request.count(), left)];
            int item = -1;
            for (int at = 0; at < items.length; at++) {
                item = excluded.nextClearBit(item + 1);
                items[at] = item;
            }
            return new Ranking(items, new float[items.length]);
        }

        @Override
        public ItemVectors vectors() {
            return vectors;
        }

        @Override
        public String describe() {
            return "none";
        }

        @Override
        public void close() {}
    }
}
