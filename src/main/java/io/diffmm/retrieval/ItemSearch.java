package io.diffmm.retrieval;

import io.diffmm.ranking.Ranking;
import java.util.List;
import java.util.OptionalDouble;

/// Finds the items with the greatest inner products.
///
/// The score of an item is its product with the query, plus the item's bias and what [Wanted#added] says of it,
/// in float64; equal ones are ordered by the lower item, and only then rounded to float32. So a ranking does
/// not depend on the other queries of its batch. May be used by several threads at once.
public interface ItemSearch extends AutoCloseable {

    /// The best items of each query.
    ///
    /// @param queries B vectors `[F]`
    /// @param wanted what is asked of each query
    /// @return B rankings; each has `count` items, or all that are not excluded if those are fewer
    List<Ranking> best(List<double[]> queries, List<Wanted> wanted);

    /// What is searched; not to be used after [#close].
    ItemVectors vectors();

    /// The share of the best items that the latest search found; empty if searches are exact, or none was made.
    ///
    /// Searches exhaustively, so it takes long where there are many items.
    default OptionalDouble latestRecall() {
        return OptionalDouble.empty();
    }

    /// Whether every item is looked at from now on, index or not. Exact searches do that anyway.
    default void setExhaustive(boolean exhaustive) {}

    /// How it searches, in a few words.
    String describe();

    /// Frees what the search holds.
    @Override
    void close();
}
