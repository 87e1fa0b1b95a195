package io.diffmm.runtime;

import io.diffmm.model.Recommender.ExplanationQuery;
import io.diffmm.model.Recommender.RankingQuery;
import io.diffmm.model.Recommender.SimilarityQuery;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// What waits for a computing thread.
///
/// @param <A> what answers it
sealed interface Request<A> {

    /// Where the answer goes.
    CompletableFuture<A> answer();

    /// When it was asked, by [System#nanoTime].
    long asked();

    /// Hears of its stages.
    RequestTrace trace();

    /// Whether nobody waits for the answer any more.
    default boolean isAbandoned() {
        return answer().isDone();
    }

    /// The best items for a history.
    record ForHistory(RankingQuery query, CompletableFuture<Ranking> answer, long asked, RequestTrace trace)
            implements Request<Ranking> {}

    /// The items most like one.
    record ForItem(SimilarityQuery query, CompletableFuture<Ranking> answer, long asked, RequestTrace trace)
            implements Request<Ranking> {}

    /// What the scores of some items rest on; as much work as a batch of rankings.
    record ForReasons(
            ExplanationQuery query, CompletableFuture<List<Explanation>> answer, long asked, RequestTrace trace)
            implements Request<List<Explanation>> {}
}
