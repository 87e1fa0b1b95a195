package io.diffmm.runtime;

import io.diffmm.model.UserHistory;
import java.util.concurrent.CompletableFuture;

/// What waits for the computing thread.
sealed interface Request {

    /// Where the answer goes.
    CompletableFuture<Scores> answer();

    /// When it was asked, by [System#nanoTime].
    long asked();

    /// Scores of every item for a history.
    record ForHistory(UserHistory history, CompletableFuture<Scores> answer, long asked) implements Request {}

    /// Scores of every item by likeness to one.
    record ForItem(int item, CompletableFuture<Scores> answer, long asked) implements Request {}
}
