package io.diffmm.runtime;

import io.diffmm.model.RankingQuery;
import java.util.concurrent.CompletableFuture;

/// What waits for a computing thread.
sealed interface Request {

    /// Where the answer goes.
    CompletableFuture<Ranked> answer();

    /// When it was asked, by [System#nanoTime].
    long asked();

    /// The best items for a history.
    record ForHistory(RankingQuery query, CompletableFuture<Ranked> answer, long asked) implements Request {}

    /// The items most like one.
    record ForItem(int item, int count, CompletableFuture<Ranked> answer, long asked) implements Request {}
}
