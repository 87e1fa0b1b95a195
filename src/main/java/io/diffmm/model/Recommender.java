package io.diffmm.model;

import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import java.util.List;
import java.util.OptionalDouble;

/// A trained model of any family: from histories to the best items.
///
/// Deterministic: the same query has the same list, alone or in a batch, whatever the precision it is computed in; the
/// last digits of scores may differ where a denoiser's row has a part in them. May be used by several threads at once;
/// owns native arrays until it is closed.
public interface Recommender extends AutoCloseable {

    /// I, how many items are ranked.
    int itemCount();

    /// The best items of each query.
    ///
    /// @param times hears how long each stage took
    /// @param cores do what may be done at the same time
    /// @return B rankings
    List<Ranking> recommend(List<RankingQuery> queries, StageTimes times, Cores cores);

    /// The best items of each query, computed by the calling thread.
    ///
    /// @param times hears how long each stage took
    /// @return B rankings
    default List<Ranking> recommend(List<RankingQuery> queries, StageTimes times) {
        return recommend(queries, times, Cores.one());
    }

    /// The items most like those asked for, by the cosine of what the model knows of them.
    ///
    /// @return a ranking for each query
    List<Ranking> similar(List<SimilarityQuery> queries, StageTimes times);

    /// What the scores of some items are made of, and which items of the history they rest on.
    ///
    /// Computed by the calling thread on one core, so that figures do not depend on the cores there are. Nobody
    /// has scores without a history, so without its only item they count as zero.
    ///
    /// @param sizes of the batches in which the shorter histories are computed
    /// @param times hears how long each stage took
    /// @return an explanation for each item
    List<Explanation> explain(ExplanationQuery query, BatchSizes sizes, StageTimes times);

    /// In which precision it scans the items, in a few words.
    String precision();

    /// The share of the best items that the latest searches over an index found, the least of all indexes;
    /// empty if nothing is searched over an index. Takes long.
    OptionalDouble indexRecall();

    /// Frees the native arrays.
    @Override
    void close();
}
