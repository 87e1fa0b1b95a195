package io.diffmm.recommendation;

import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import io.diffmm.recommendation.UserHistories.Known;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// First a history, then its ranking, then what that rests on, as one future. Whoever cancels it cancels what is at
/// work.
///
/// Not stages of a future: they wrap failures, and do not pass on that nobody waits any more.
final class HistoryRanking extends CompletableFuture<HistoryRanking.Ranked> {

    private final Function<Known, Optional<CompletableFuture<Ranking>>> ranking;
    private final BiFunction<Known, Ranking, Optional<CompletableFuture<List<Explanation>>>> explanations;
    private volatile CompletableFuture<?> current = completedFuture(true);

    private HistoryRanking(
            Function<Known, Optional<CompletableFuture<Ranking>>> ranking,
            BiFunction<Known, Ranking, Optional<CompletableFuture<List<Explanation>>>> explanations) {
        this.ranking = ranking;
        this.explanations = explanations;
    }

    /// What was found.
    ///
    /// @param ranking empty for an empty history
    /// @param explanations of the items of the answer, in their order; none if they were not asked for
    record Ranked(Known known, Optional<Ranking> ranking, List<Explanation> explanations) {

        Ranked {
            explanations = List.copyOf(explanations);
        }
    }

    /// Begins to rank as soon as the history is there.
    ///
    /// @param ranking begins to rank a history; empty if there is nothing to rank by
    /// @param explanations begins to explain a ranking; empty if nobody asks
    static HistoryRanking begin(
            CompletableFuture<Known> history,
            Function<Known, Optional<CompletableFuture<Ranking>>> ranking,
            BiFunction<Known, Ranking, Optional<CompletableFuture<List<Explanation>>>> explanations) {
        var all = new HistoryRanking(ranking, explanations);
        all.follow(() -> Optional.of(history), all::rank, () -> all.cancel(false));
        return all;
    }

    private void rank(Known known) {
        follow(
                () -> ranking.apply(known),
                found -> explain(known, found),
                () -> complete(new Ranked(known, Optional.empty(), List.of())));
    }

    private void explain(Known known, Ranking found) {
        follow(
                () -> explanations.apply(known, found),
                explained -> complete(new Ranked(known, Optional.of(found), explained)),
                () -> complete(new Ranked(known, Optional.of(found), List.of())));
    }

    /// Begins the next step unless nobody waits any more.
    ///
    /// @param then takes its result
    /// @param otherwise is done if there is no such step
    private <T> void follow(Supplier<Optional<CompletableFuture<T>>> begin, Consumer<T> then, Runnable otherwise) {
        if (isDone()) {
            return;
        }
        Optional<CompletableFuture<T>> step = begun(begin);
        if (step.isEmpty()) {
            otherwise.run();
            return;
        }
        current = step.get();
        if (isCancelled()) { // before `current` was set
            step.get().cancel(false);
        }
        var _ = step.get().handle((result, failure) -> {
            if (failure == null) {
                then.accept(result);
            } else {
                completeExceptionally(UserHistories.cause(failure));
            }
            return true;
        });
    }

    /// A refusal is a failed step like any other.
    private static <T> Optional<CompletableFuture<T>> begun(Supplier<Optional<CompletableFuture<T>>> begin) {
        try {
            return begin.get();
        } catch (RuntimeException e) {
            return Optional.of(failedFuture(e));
        }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        current.cancel(mayInterruptIfRunning);
        return cancelled;
    }
}
