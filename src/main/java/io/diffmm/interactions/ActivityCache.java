package io.diffmm.interactions;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.diffmm.interactions.Activity.LiveItem;
import io.diffmm.interactions.Interaction.UserInteraction;
import io.diffmm.interactions.InteractionInserts.Stored;
import io.diffmm.interactions.InteractionInserts.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// In-memory activities of users who were read recently, equal to the rows in the database.
///
/// A user's entry is an object with identity semantics. Every change of the user replaces or removes it:
///
/// - A read creates an empty entry before its query and replaces it by the result. If a change has removed
///   the empty entry meanwhile, nothing is stored, so a result that may lack the change is never found.
/// - A write of this replica notes the entry before its transaction begins, and replaces it after the
///   commit by one with the written rows. If the entry was empty, or another change has replaced or removed
///   it meanwhile, the write removes what is there.
/// - Any other change of this or another replica removes the entry once it is committed.
///
/// While changes of other replicas are not received, the cache is not used. Thread-safe.
final class ActivityCache implements InteractionsListener {

    /// Share of the maximum heap that the rows may take: one byte in 16.
    private static final long HEAP_SHARE = 16;

    private static final int BYTES_PER_ROW = 128;

    /// Weight of an entry without rows.
    private static final int ENTRY_WEIGHT = 4;

    /// Maximum age of a query's result, which bounds the time until rows that no replica has written are
    /// seen.
    private static final Duration MAX_AGE = Duration.ofMinutes(10);

    private final Function<String, Rows> query;
    private final int maxRows;
    private final BooleanSupplier current;
    private final Cache<String, Entry> entries;

    /// @param query reads at most `maxRows` of a user's interactions, the newest ones
    /// @param current returns whether changes of other replicas are being received
    ActivityCache(Function<String, Rows> query, int maxRows, BooleanSupplier current) {
        this(query, maxRows, current, Runtime.getRuntime().maxMemory() / HEAP_SHARE / BYTES_PER_ROW);
    }

    /// @param maxWeight maximum number of cached rows; an entry without rows counts as several
    ActivityCache(Function<String, Rows> query, int maxRows, BooleanSupplier current, long maxWeight) {
        this.query = query;
        this.maxRows = maxRows;
        this.current = current;
        this.entries = Caffeine.newBuilder()
                .maximumWeight(maxWeight)
                .weigher((String _, Entry entry) -> entry.weight())
                .expireAfter(Expiry.creating((String _, Entry _) -> MAX_AGE))
                .executor(Runnable::run)
                .build();
    }

    /// Cached rows of a user, empty until they are read. Compared by identity.
    private static final class Entry {

        private final Optional<Rows> rows;

        private Entry(Optional<Rows> rows) {
            this.rows = rows;
        }

        private int weight() {
            return ENTRY_WEIGHT + rows.map(Rows::size).orElse(0);
        }
    }

    /// Returns the user's activity if it is in memory. Does not access the database.
    Optional<Activity> find(String userId) {
        if (!current.getAsBoolean()) {
            return Optional.empty();
        }
        return Optional.ofNullable(entries.getIfPresent(userId))
                .flatMap(entry -> entry.rows)
                .map(Rows::activity);
    }

    /// Returns the user's activity, from the database if it is not in memory.
    Activity get(String userId) {
        if (!current.getAsBoolean()) {
            return query.apply(userId).activity();
        }
        Entry entry = entries.get(userId, _ -> new Entry(Optional.empty()));
        Rows rows = entry.rows.orElseGet(() -> read(userId, entry));
        return rows.activity();
    }

    private Rows read(String userId, Entry empty) {
        Rows rows = query.apply(userId);
        entries.asMap().replace(userId, empty, new Entry(Optional.of(rows)));
        return rows;
    }

    /// Runs a transaction that stores writes, at most one of each user, and adds their rows to the cached
    /// ones.
    ///
    /// @param transaction returns the outcomes, empty for a write that is not stored
    List<Optional<Stored>> record(List<Write> writes, Supplier<List<Optional<Stored>>> transaction) {
        Map<String, Entry> before = new HashMap<>();
        for (Write write : writes) {
            Entry entry = entries.getIfPresent(write.userId());
            if (entry != null) {
                before.put(write.userId(), entry);
            }
        }
        try {
            List<Optional<Stored>> outcomes = transaction.get();
            for (int at = 0; at < outcomes.size(); at++) {
                Write write = writes.get(at);
                if (outcomes.get(at).isEmpty() || !added(write, before.get(write.userId()))) {
                    remove(write.userId());
                }
            }
            return outcomes;
        } catch (RuntimeException | Error e) { // the writes may have been committed
            writes.forEach(write -> remove(write.userId()));
            throw e;
        }
    }

    /// Runs a transaction that stores a write, or finds that it was stored before.
    Stored record(Write write, Supplier<Stored> transaction) {
        try {
            return transaction.get();
        } finally {
            remove(write.userId());
        }
    }

    private boolean added(Write write, @Nullable Entry before) {
        if (before == null) {
            return false;
        }
        return before.rows
                .flatMap(rows -> rows.with(write.rows(), maxRows))
                .map(rows -> entries.asMap().replace(write.userId(), before, new Entry(Optional.of(rows))))
                .orElse(false);
    }

    private void remove(String userId) {
        entries.asMap().remove(userId);
    }

    /// Removes the entries of users. Called once a change is committed, before it is acknowledged.
    @Override
    public void changed(Collection<String> userIds) {
        userIds.forEach(this::remove);
    }

    @Override
    public void anyMayHaveChanged() {
        entries.asMap().clear();
    }

    /// Contents of the store for one user before repeated interactions with an item are merged.
    ///
    /// @param live interactions, newest first
    /// @param removed items that the user has removed
    /// @param erased whether the user was erased
    record Rows(List<LiveItem> live, Set<String> removed, boolean erased) {

        Rows {
            live = List.copyOf(live);
            removed = Set.copyOf(removed);
        }

        private int size() {
            return live.size() + removed.size();
        }

        /// Returns the activity: each item once, with its latest interaction.
        Activity activity() {
            Set<String> items = HashSet.newHashSet(live.size());
            return new Activity(
                    live.stream().filter(row -> items.add(row.itemId())).toList(), removed, erased);
        }

        /// Returns these rows and those of a write, the newest `maxRows`. Empty if two interactions have
        /// the same time: only the database knows their order.
        private Optional<Rows> with(List<UserInteraction> written, int maxRows) {
            List<LiveItem> all = new ArrayList<>(live);
            for (UserInteraction row : written) {
                var item = new LiveItem(
                        row.interaction().itemId(), row.interaction().occurredAt());
                int place = place(all, item.occurredAt());
                boolean tied = place < all.size() && all.get(place).occurredAt().equals(item.occurredAt());
                if (!tied) {
                    all.add(place, item);
                } else if (!all.get(place).equals(item)) {
                    return Optional.empty();
                }
            }
            return Optional.of(new Rows(all.subList(0, Math.min(maxRows, all.size())), removed, erased));
        }

        /// Returns the index of the first interaction that is not newer than `time`.
        private static int place(List<LiveItem> newestFirst, Instant time) {
            int place = 0;
            while (place < newestFirst.size()
                    && newestFirst.get(place).occurredAt().isAfter(time)) {
                place++;
            }
            return place;
        }
    }
}
