package io.diffmm.recommendation;

import io.diffmm.ranking.Ranking;
import io.diffmm.recommendation.UserHistories.Known;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// First a history, then its ranking, as one future: whoever cancels it cancels what is at work.
final class HistoryRanking {

    private HistoryRanking() {}

    /// What was found.
    ///
    /// @param ranking empty for an empty history
    record Ranked(Known known, Optional<Ranking> ranking) {}

    /// Begins to rank as soon as the history is there.
    ///
    /// @param ranking begins to rank a history; empty if there is nothing to rank by
    static CompletableFuture<Ranked> begin(
            CompletableFuture<Known> history, Function<Known, Optional<CompletableFuture<Ranking>>> ranking) {
        var ranked = new CompletableFuture<Ranked>();
        // Not thenCompose, which wraps failures, and does not pass on that nobody waits any more.
        var _ = history.handle((known, failure) -> {
            if (failure != null) {
                return ranked.completeExceptionally(UserHistories.cause(failure));
            }
            return ranked.isDone() || rank(known, ranking, ranked);
        });
        return ranked;
    }

    private static boolean rank(
            Known known,
            Function<Known, Optional<CompletableFuture<Ranking>>> ranking,
            CompletableFuture<Ranked> ranked) {
        Optional<CompletableFuture<Ranking>> begun = begun(known, ranking);
        if (begun.isEmpty()) {
            return ranked.complete(new Ranked(known, Optional.empty()));
        }
        CompletableFuture<Ranking> result = begun.get();
        var _ = ranked.whenComplete((_, _) -> {
            if (ranked.isCancelled()) {
                result.cancel(false);
            }
        });
        var _ = result.handle((found, failure) -> failure == null
                ? ranked.complete(new Ranked(known, Optional.of(found)))
                : ranked.completeExceptionally(failure));
        return true;
    }

    /// A refusal is a failed ranking like any other.
    private static Optional<CompletableFuture<Ranking>> begun(
            Known known, Function<Known, Optional<CompletableFuture<Ranking>>> ranking) {
        try {
            return ranking.apply(known);
        } catch (RuntimeException e) {
            return Optional.of(CompletableFuture.failedFuture(e));
        }
    }
}
