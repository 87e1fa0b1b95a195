package io.diffmm.recommendation;

import io.diffmm.interactions.Activity;
import io.diffmm.interactions.InteractionsUnavailableException;
import io.diffmm.interactions.MergedHistory;
import io.diffmm.interactions.MergedHistory.Trained;
import io.diffmm.runtime.ModelRuntime.ServedModel;
import io.diffmm.runtime.RuntimeListener.RequestTrace;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// Collects what users did: what the model was trained on, and what came since. Without the store of interactions, or
/// if it takes too long, it is the former alone.
final class UserHistories {

    private final Store store;
    private final int most;
    private final Duration timeout;
    private final Supplier<Executor> executors;
    private final RecommendationListener listener;

    /// Collects with the help of a store.
    ///
    /// @param most items of a history that count, the newest
    /// @param timeout how long the store is waited for
    /// @param executors what runs queries, which wait, for the request of the thread that asks for it
    UserHistories(
            Store store, int most, Duration timeout, Supplier<Executor> executors, RecommendationListener listener) {
        this.store = store;
        this.most = most;
        this.timeout = timeout;
        this.executors = executors;
        this.listener = listener;
    }

    /// The store of interactions, as far as histories need it.
    interface Store {

        /// What it knows of a user.
        ///
        /// @throws InteractionsUnavailableException if it cannot be reached
        Activity activity(String userId);

        /// Whether a user was erased, as far as is known without asking it.
        boolean erased(String userId);

        /// Whether every change of a history is heard of.
        boolean current();
    }

    /// A user as a model sees them.
    ///
    /// @param user the row of a trained user; empty for anybody else
    /// @param items rows, oldest first; not to be written to
    /// @param seen rows of all items that the user knows; not to be written to
    /// @param lasting whether this holds until a change is heard of
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Known(OptionalInt user, int[] items, BitSet seen, HistorySummary summary, boolean lasting) {}

    /// The history of a user. Does not wait.
    CompletableFuture<Known> of(ServedModel model, String userId) {
        long start = System.nanoTime();
        RequestTrace trace = listener.follow();
        Executor executor = executors.get();
        return CompletableFuture.supplyAsync(() -> store.activity(userId), executor)
                .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
                .handleAsync(
                        (activity, failure) -> {
                            Known known = failure == null
                                    ? merged(model, userId, activity)
                                    : withoutStore(model, userId, failure);
                            long end = System.nanoTime();
                            listener.historyTook(Duration.ofNanos(end - start));
                            trace.stage("history", start, end);
                            return known;
                        },
                        executor);
    }

    private Known merged(ServedModel model, String userId, Activity activity) {
        OptionalInt user =
                activity.erased() ? OptionalInt.empty() : model.users().row(userId);
        return known(user, MergedHistory.of(trained(model, user), activity, model.items(), most), true);
    }

    private Known withoutStore(ServedModel model, String userId, Throwable failure) {
        Throwable cause = cause(failure);
        return switch (cause) {
            case InteractionsUnavailableException _, TimeoutException _ -> {
                OptionalInt user = store.erased(userId)
                        ? OptionalInt.empty()
                        : model.users().row(userId);
                yield known(user, MergedHistory.of(trained(model, user), most), false);
            }
            default -> throw new CompletionException(cause);
        };
    }

    /// What a stage of a future failed with.
    static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    /// The history of somebody who brought it along, oldest first; of repeated items the first counts.
    Known ofSession(ServedModel model, List<String> itemIds) {
        long start = System.nanoTime();
        int[] rows = itemIds.stream()
                .map(model.items()::row)
                .flatMapToInt(OptionalInt::stream)
                .distinct()
                .toArray();
        int unknown = (int) itemIds.stream()
                .filter(item -> model.items().row(item).isEmpty())
                .count();
        long end = System.nanoTime();
        listener.historyTook(Duration.ofNanos(end - start));
        listener.follow().stage("history", start, end);
        return new Known(
                OptionalInt.empty(), rows, Ranker.rows(rows), new HistorySummary(rows.length, unknown, false), false);
    }

    private Known known(OptionalInt user, MergedHistory history, boolean live) {
        var summary = new HistorySummary(history.items().length, history.unknownItems(), live);
        return new Known(user, history.items(), history.seen(), summary, live && store.current());
    }

    private static Trained trained(ServedModel model, OptionalInt user) {
        if (user.isEmpty()) {
            return Trained.NOTHING;
        }
        int row = user.getAsInt();
        return new Trained(model.histories().row(row), model.times().map(times -> times.row(row)));
    }
}
