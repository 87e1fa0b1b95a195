package io.diffmm.recommendation;

import io.diffmm.interactions.Activity;
import io.diffmm.interactions.Interactions.InteractionsUnavailableException;
import io.diffmm.recommendation.Recommendations.HistorySummary;
import io.diffmm.runtime.ModelRuntime.ServedModel;
import io.diffmm.runtime.RuntimeListener.RequestTrace;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

/// Histories of users and sessions: the model's training interactions merged with the live ones, in the order of
/// time. Trained items that the user has removed are left out, as are all trained items of an erased user.
///
/// If the store of interactions is unavailable or too slow, a history consists of the training interactions
/// alone.
final class UserHistories {

    private final Activity.Store store;
    private final int maxItems;
    private final Duration timeout;
    private final Executor executor;
    private final RecommendationListener listener;

    /// @param maxItems maximum number of items that a ranking takes into account, the newest
    /// @param timeout maximum time to wait for the store
    /// @param executor starts a virtual thread for each query of the store
    UserHistories(
            Activity.Store store, int maxItems, Duration timeout, Executor executor, RecommendationListener listener) {
        this.store = store;
        this.maxItems = maxItems;
        this.timeout = timeout;
        this.executor = executor;
        this.listener = listener;
    }

    /// History in the form in which a model ranks by it.
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

    /// Queries the store, unless the activity is known, on a separate thread, which is never interrupted:
    /// an interruption would close the files of the embedded database.
    private Activity activity(String userId) throws InterruptedException, TimeoutException {
        Optional<Activity> known = store.known(userId);
        if (known.isPresent()) {
            return known.get();
        }
        CompletableFuture<Activity> activity = CompletableFuture.supplyAsync(() -> store.activity(userId), executor);
        try {
            return activity.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw RecommendationPipeline.unchecked(e);
        }
    }

    private ResolvedHistory merged(ServedModel model, String userId, Activity activity) {
        return merged(model, row(model, userId, activity.erased()), activity, true);
    }

    private ResolvedHistory withoutStore(ServedModel model, String userId) {
        return merged(model, row(model, userId, store.erased(userId)), Activity.NONE, false);
    }

    private static OptionalInt row(ServedModel model, String userId, boolean erased) {
        return erased ? OptionalInt.empty() : model.users().row(userId);
    }

    /// Merges the trained and the live history of a user. An item in both has the position of the user's latest
    /// interaction with it.
    private ResolvedHistory merged(ServedModel model, OptionalInt user, Activity activity, boolean live) {
        int[] oldestFirst = oldestFirst(model, user, activity);
        int[] newestFirst = newestFirst(oldestFirst);
        var seen = new BitSet();
        IntStream.of(newestFirst).forEach(seen::set);
        int[] items = new int[Math.min(maxItems, newestFirst.length)];
        for (int at = 0; at < items.length; at++) {
            items[items.length - 1 - at] = newestFirst[at];
        }
        var summary = new HistorySummary(items.length, unknown(model, activity), live);
        return new ResolvedHistory(user, items, seen, summary, live && store.current());
    }

    /// Returns the rows of the items of a user's interactions, with repetitions. At equal times trained items precede
    /// live ones; trained items without times precede all live items.
    private static int[] oldestFirst(ServedModel model, OptionalInt user, Activity activity) {
        int[] trained = user.isPresent() ? model.histories().row(user.getAsInt()) : new int[0];
        Optional<long[]> times = model.times().filter(_ -> user.isPresent()).map(all -> all.row(user.getAsInt()));
        IntStream.Builder rows = IntStream.builder();
        int next = 0; // of the trained items
        for (Activity.LiveItem live : activity.live().reversed()) {
            long micros = ChronoUnit.MICROS.between(Instant.EPOCH, live.occurredAt());
            int after = next;
            while (after < trained.length && (times.isEmpty() || times.get()[after] <= micros)) {
                after++;
            }
            addKept(model, Arrays.copyOfRange(trained, next, after), activity, rows);
            next = after;
            model.items().row(live.itemId()).ifPresent(rows::add);
        }
        addKept(model, Arrays.copyOfRange(trained, next, trained.length), activity, rows);
        return rows.build().toArray();
    }

    /// Adds the trained items that the user has not removed.
    private static void addKept(ServedModel model, int[] trained, Activity activity, IntStream.Builder rows) {
        for (int row : trained) {
            if (!activity.removed().contains(model.items().item(row).id())) {
                rows.add(row);
            }
        }
    }

    private static int[] newestFirst(int[] oldestFirst) {
        int last = oldestFirst.length - 1;
        return IntStream.rangeClosed(0, last)
                .map(at -> oldestFirst[last - at])
                .distinct()
                .toArray();
    }

    /// Returns the number of live items that the model does not contain.
    private static int unknown(ServedModel model, Activity activity) {
        return (int) activity.live().stream()
                .filter(live -> model.items().row(live.itemId()).isEmpty())
                .count();
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
