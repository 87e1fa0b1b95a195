package io.diffmm.interactions;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/// In-memory set of the users with data in the store. Reading any other user needs no statement.
///
/// Users are added and never removed, so the order of changes does not matter: a user without data costs
/// a statement, and a user with data is never missing. This replica adds a user before it writes, and the
/// users of other replicas when it receives their changes. After a period in which changes may have been
/// missed, the set counts as incomplete until it has been loaded again. Thread-safe.
final class LiveUsers implements InteractionsListener, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LiveUsers.class);
    private static final Duration RETRY_INTERVAL = Duration.ofMillis(500);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /// Share of the maximum heap that the set may take: one byte in 16.
    private static final long HEAP_SHARE = 16;

    private static final int PAGE_ROWS = 10_000;

    /// Queries for the users of a table in the order of its key. A page may end within a user's rows; the
    /// next page skips the rest of them.
    static final List<String> PAGES = List.of(
            "select user_id from interaction where user_id > :after order by user_id, occurred_at, item_id limit :rows",
            "select user_id from removal where user_id > :after order by user_id, item_id limit :rows");

    private final Source source;
    private final BooleanSupplier current;
    private final Hashes hashes;
    private final ScheduledThreadPoolExecutor loads = new ScheduledThreadPoolExecutor(
            1, Thread.ofVirtual().name("interactions-users").factory(), new ThreadPoolExecutor.DiscardPolicy());

    /// Number of periods in which changes may have been missed, at first the time before the start.
    private final AtomicLong missed = new AtomicLong(1);

    /// Value of `missed` as of which the set is complete.
    private volatile long complete;

    private volatile boolean closed;

    /// Reads the users in the database.
    @FunctionalInterface
    interface Source {

        /// Passes the hash of each user to `found`. Stops early once `wanted` returns false.
        void read(LongConsumer found, BooleanSupplier wanted);
    }

    /// @param current returns whether changes of other replicas are being received
    LiveUsers(Source source, BooleanSupplier current) {
        this(source, current, Runtime.getRuntime().maxMemory() / HEAP_SHARE / Long.BYTES);
    }

    /// @param maxSlots maximum size of the set's table, in hashes
    LiveUsers(Source source, BooleanSupplier current, long maxSlots) {
        this.source = source;
        this.current = current;
        this.hashes = new Hashes(maxSlots);
        loads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /// Returns the users with interactions or removed items, and the erased users, page by page.
    static Source stored(JdbcClient jdbc) {
        return (found, wanted) -> {
            jdbc.sql("select user_hash from erasure")
                    .query((row, _) -> hashOf(row.getString(1)))
                    .list()
                    .forEach(found::accept);
            for (String page : PAGES) {
                String after = "";
                while (after != null && wanted.getAsBoolean()) {
                    after = read(jdbc, page, after, found);
                }
            }
        };
    }

    /// Reads a page.
    ///
    /// @return the last user, or null if there is no further page
    private static @Nullable String read(JdbcClient jdbc, String page, String after, LongConsumer found) {
        List<String> users = jdbc.sql(page)
                .param("after", after)
                .param("rows", PAGE_ROWS)
                .query((row, _) -> row.getString(1))
                .list();
        users.stream().distinct().forEach(user -> found.accept(hash(user)));
        return users.size() < PAGE_ROWS ? null : users.getLast();
    }

    /// Returns the first 64 bits of the hash by which the store records erased users.
    static long hash(String userId) {
        byte[] digest = DigestUtils.sha256(userId);
        long hash = 0;
        for (int at = 0; at < Long.BYTES; at++) {
            hash = (hash << Byte.SIZE) | Byte.toUnsignedInt(digest[at]);
        }
        return hash;
    }

    /// Returns the first 64 bits of a hexadecimal hash.
    static long hashOf(String hexadecimal) {
        return Long.parseUnsignedLong(hexadecimal.substring(0, Long.BYTES * 2), 16);
    }

    /// Returns whether the store certainly has no data of a user. Does not access the database.
    ///
    /// `current` is tested first: if changes stop being received afterwards, a set that is complete was
    /// loaded later than that, which makes the answer as recent as that of a statement.
    boolean absent(String userId) {
        return current.getAsBoolean() && complete == missed.get() && hashes.lack(hash(userId));
    }

    /// Adds users who may have data from now on. Called before a write, so that no reader misses its
    /// commit.
    @Override
    public void changed(Collection<String> userIds) {
        userIds.forEach(user -> hashes.add(hash(user)));
    }

    /// Starts to load the set in the background. Must be called before changes count as received again.
    @Override
    public void anyMayHaveChanged() {
        missed.incrementAndGet();
        if (!closed) {
            loads.execute(this::load);
        }
    }

    private void load() {
        long asOf = missed.get();
        if (complete == asOf || closed) {
            return; // an earlier task has loaded the set
        }
        BooleanSupplier wanted = () -> missed.get() == asOf && !closed;
        try {
            source.read(hashes::add, wanted);
        } catch (RuntimeException e) { // the pool closes while the server stops, or the database is unreachable
            LOG.debug("Reading the users with live interactions failed; retrying", e);
            retry();
            return;
        }
        if (wanted.getAsBoolean()) {
            complete = asOf;
            LOG.debug("{} users with live interactions loaded", hashes.size());
        }
    }

    private void retry() {
        if (!closed) {
            var _ = loads.schedule(this::load, RETRY_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /// Ends loading. Does not interrupt it, which would close the files of the embedded database.
    @Override
    public void close() {
        closed = true;
        loads.shutdown();
        try {
            var _ = loads.awaitTermination(CLOSE_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Set of 64-bit hashes in an open-addressing table of 11 to 22 bytes per hash, which readers use
    /// without a lock.
    ///
    /// A set whose table would exceed its maximum gives the table up and lacks nothing from then on.
    static final class Hashes {

        private static final int MIN_SLOTS = 1 << 10;
        private static final long EMPTY = 0;

        /// Random odd factor: a client cannot choose ids that share a slot.
        private final long factor = new SecureRandom().nextLong() | 1;

        private final long maxSlots;
        private volatile AtomicLongArray table = new AtomicLongArray(MIN_SLOTS);
        private volatile boolean full;
        private int size; // guarded by this

        Hashes(long maxSlots) {
            this.maxSlots = maxSlots;
        }

        synchronized int size() {
            return size;
        }

        /// Returns whether a hash is certainly not in the set.
        boolean lack(long hash) {
            AtomicLongArray slots = table;
            return !full && slots.get(slot(slots, stored(hash))) == EMPTY;
        }

        synchronized void add(long hash) {
            long value = stored(hash);
            int slot = slot(table, value);
            if (full || table.get(slot) != EMPTY) {
                return;
            }
            table.set(slot, value);
            size++;
            if (size > table.length() / 4 * 3) {
                grow();
            }
        }

        private void grow() {
            AtomicLongArray old = table;
            if (old.length() * 2L > Math.min(maxSlots, 1 << 30)) {
                full = true; // before the table is replaced
                table = new AtomicLongArray(MIN_SLOTS);
                LOG.warn("More than {} users have live interactions; each read needs a statement from now on", size);
                return;
            }
            var larger = new AtomicLongArray(old.length() * 2);
            for (int at = 0; at < old.length(); at++) {
                long value = old.get(at);
                if (value != EMPTY) {
                    larger.set(slot(larger, value), value);
                }
            }
            table = larger;
        }

        /// Returns the slot of a value, or the empty slot where it belongs.
        private int slot(AtomicLongArray slots, long value) {
            int mask = slots.length() - 1;
            int slot = (int) ((value * factor) >>> (Long.SIZE - Integer.bitCount(mask)));
            while (slots.get(slot) != EMPTY && slots.get(slot) != value) {
                slot = (slot + 1) & mask;
            }
            return slot;
        }

        /// Returns the value that represents a hash: the empty value represents none.
        private static long stored(long hash) {
            return hash == EMPTY ? 1 : hash;
        }
    }
}
