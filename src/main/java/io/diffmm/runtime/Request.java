package io.diffmm.runtime;

import io.diffmm.model.RankingQuery;
import io.diffmm.model.SimilarityQuery;
import io.diffmm.ranking.Ranking;
import java.util.concurrent.CompletableFuture;

/// What waits for a computing thread.
sealed interface Request {

    /// Where the answer goes.
    CompletableFuture<Ranking> answer();

    /// When it was asked, by [System#nanoTime].
    long asked();

    /// Whether nobody waits for the answer any more.
    default boolean isAbandoned() {
        return answer().isDone();
    }

    /// The best items for a history.
    record ForHistory(RankingQuery query, CompletableFuture<Ranking> answer, long asked) implements Request {}

    /// The items most like one.
    record ForItem(SimilarityQuery query, CompletableFuture<Ranking> answer, long asked) implements Request {}
}
