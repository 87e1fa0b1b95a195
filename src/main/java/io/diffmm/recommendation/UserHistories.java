package io.diffmm.recommendation;

import io.diffmm.interactions.Activity;
import io.diffmm.interactions.Interactions.InteractionsUnavailableException;
import io.diffmm.interactions.MergedHistory;
import io.diffmm.interactions.MergedHistory.Trained;
import io.diffmm.recommendation.Recommendations.HistorySummary;
import io.diffmm.runtime.ModelRuntime.ServedModel;
import io.diffmm.runtime.RuntimeListener.RequestTrace;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

/// Histories of users and sessions: the model's training interactions merged with the live ones.
///
/// If the store of interactions is unavailable or too slow, a history consists of the training interactions
/// alone.
final class UserHistories {

    private final Store store;
    private final int maxItems;
    private final Duration timeout;
    private final Executor executor;
    private final RecommendationListener listener;

    /// @param maxItems maximum number of items that a ranking takes into account, the newest
    /// @param timeout maximum time to wait for the store
    /// @param executor starts a virtual thread for each query of the store
    UserHistories(Store store, int maxItems, Duration timeout, Executor executor, RecommendationListener listener) {
        this.store = store;
        this.maxItems = maxItems;
        this.timeout = timeout;
        this.executor = executor;
        this.listener = listener;
    }

    /// Queries of the interaction store that histories need.
    interface Store {

        /// Returns the recorded interactions of a user.
        ///
        /// @throws InteractionsUnavailableException if the store is unavailable
        Activity activity(String userId);

        /// Returns whether a user was erased, by the changes that this replica has received. Does not query
        /// the store.
        boolean erased(String userId);

        /// Returns whether this replica receives all changes of histories.
        boolean current();
    }

    /// History as rows of the model.
    ///
    /// @param user row of a trained user; empty for other users
    /// @param items rows, oldest first; must not be modified
    /// @param seen rows of all items of the user, including those that are too old to count; must not be
    ///     modified
    /// @param lasting whether the history is valid until a change is reported; if not, it is valid for a
    ///     moment only
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record ResolvedHistory(OptionalInt user, int[] items, BitSet seen, HistorySummary summary, boolean lasting) {}

    /// Reads and merges the history of a user. Waits for the store at most as long as its timeout.
    ///
    /// @throws InterruptedException if the thread is interrupted while it waits; the query of the store
    ///     continues
    ResolvedHistory ofUser(ServedModel model, String userId) throws InterruptedException {
        long start = System.nanoTime();
        RequestTrace trace = listener.follow();
        ResolvedHistory history;
        try {
            history = merged(model, userId, activity(userId));
        } catch (InteractionsUnavailableException | TimeoutException _) {
            history = withoutStore(model, userId);
        }
        collected(trace, start);
        return history;
    }

    /// Queries the store on a separate thread, which is never interrupted: an interruption would close the
    /// files of the embedded database.
    private Activity activity(String userId) throws InterruptedException, TimeoutException {
        CompletableFuture<Activity> activity = CompletableFuture.supplyAsync(() -> store.activity(userId), executor);
        try {
            return activity.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw RecommendationPipeline.unchecked(e);
        }
    }

    private ResolvedHistory merged(ServedModel model, String userId, Activity activity) {
        OptionalInt user =
                activity.erased() ? OptionalInt.empty() : model.users().row(userId);
        return resolved(user, MergedHistory.of(trained(model, user), activity, model.items(), maxItems), true);
    }

    private ResolvedHistory withoutStore(ServedModel model, String userId) {
        OptionalInt user =
                store.erased(userId) ? OptionalInt.empty() : model.users().row(userId);
        return resolved(user, MergedHistory.of(trained(model, user), maxItems), false);
    }

    private ResolvedHistory resolved(OptionalInt user, MergedHistory history, boolean live) {
        var summary = new HistorySummary(history.items().length, history.unknownItems(), live);
        return new ResolvedHistory(user, history.items(), history.seen(), summary, live && store.current());
    }

    private static Trained trained(ServedModel model, OptionalInt user) {
        if (user.isEmpty()) {
            return Trained.NOTHING;
        }
        int row = user.getAsInt();
        return new Trained(model.histories().row(row), model.times().map(times -> times.row(row)));
    }

    /// Resolves the history of a session, oldest item first; of a repeated item the first occurrence
    /// counts.
    ResolvedHistory ofSession(ServedModel model, List<String> itemIds) {
        long start = System.nanoTime();
        int[] known = itemIds.stream()
                .map(model.items()::row)
                .flatMapToInt(OptionalInt::stream)
                .toArray();
        int[] rows = IntStream.of(known).distinct().toArray();
        BitSet seen = new BitSet();
        IntStream.of(rows).forEach(seen::set);
        collected(listener.follow(), start);
        var summary = new HistorySummary(rows.length, itemIds.size() - known.length, false);
        return new ResolvedHistory(OptionalInt.empty(), rows, seen, summary, false);
    }

    private void collected(RequestTrace trace, long start) {
        long end = System.nanoTime();
        listener.historyTook(Duration.ofNanos(end - start));
        trace.stage("history", start, end);
    }
}
