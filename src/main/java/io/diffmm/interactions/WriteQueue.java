package io.diffmm.interactions;

import io.diffmm.interactions.InteractionInserts.Stored;
import io.diffmm.interactions.InteractionInserts.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.transaction.TransactionException;

/// Group commit of writes: concurrent requests share transactions.
///
/// One thread commits a group after the other. The writes that arrive while a group commits form the next
/// group, so no write waits for others to arrive. If the transaction of a group fails, but not for a
/// failure of the database, each of its requests repeats its write in a transaction of its own: a write
/// that cannot be stored does not affect the others. Thread-safe.
final class WriteQueue implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WriteQueue.class);

    /// Maximum number of writes that wait to be taken by the thread, which holds up to [#MAX_WRITES] more.
    private static final int CAPACITY = 1000;

    private static final int MAX_WRITES = 100;

    /// Number of rows from which a group is not extended.
    private static final int MANY_ROWS = 1000;

    /// Limit for a group that neither the driver nor the database ends.
    private static final Duration MAX_COMMIT = Duration.ofMinutes(1);

    private static final Duration IDLE_INTERVAL = Duration.ofSeconds(10);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Function<List<Write>, List<Optional<Stored>>> together;
    private final Function<Write, Stored> alone;
    private final Consumer<String> late;
    private final Duration maxWait;
    private final Duration maxCommit;
    private final BlockingQueue<Pending> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final Thread thread = Thread.ofVirtual().name("interactions-writes").unstarted(this::run);
    private volatile boolean closed;

    /// @param together stores writes of different users in one transaction; returns the outcomes, empty
    ///     for a write that needs a transaction of its own
    /// @param alone stores a write in a transaction of its own
    /// @param late called with the user of a write that ended after its request had stopped waiting
    /// @param maxWait maximum time that a write waits for its group to begin
    WriteQueue(
            Function<List<Write>, List<Optional<Stored>>> together,
            Function<Write, Stored> alone,
            Consumer<String> late,
            Duration maxWait) {
        this(together, alone, late, maxWait, MAX_COMMIT);
    }

    /// @param maxCommit maximum time that a request waits for a group that has begun
    WriteQueue(
            Function<List<Write>, List<Optional<Stored>>> together,
            Function<Write, Stored> alone,
            Consumer<String> late,
            Duration maxWait,
            Duration maxCommit) {
        this.maxCommit = maxCommit;
        this.together = together;
        this.alone = alone;
        this.late = late;
        this.maxWait = maxWait;
    }

    /// Starts to commit writes.
    WriteQueue start() {
        thread.start();
        return this;
    }

    /// Stores a write, which is durable on return.
    ///
    /// @throws DataAccessResourceFailureException if too many writes are waiting
    /// @throws QueryTimeoutException if the write has not begun in time; it is not stored then
    Stored record(Write write) {
        var pending = new Pending(write);
        if (closed || !queue.offer(pending)) {
            throw new DataAccessResourceFailureException("%d writes are waiting".formatted(queue.size()));
        }
        return pending.await(maxWait, maxCommit).orElseGet(() -> alone.apply(write));
    }

    private void run() {
        List<Pending> waiting = new ArrayList<>();
        while (!closed || !waiting.isEmpty() || !queue.isEmpty()) {
            if (waiting.isEmpty()) {
                next().ifPresent(waiting::add);
            }
            queue.drainTo(waiting, Math.max(0, MAX_WRITES - waiting.size()));
            List<Pending> group = gather(waiting);
            if (!group.isEmpty()) {
                commit(group);
            }
        }
    }

    /// Waits for a write. Not to be interrupted, which would close the files of the embedded database.
    private Optional<Pending> next() {
        try {
            return Optional.ofNullable(queue.poll(IDLE_INTERVAL.toSeconds(), TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Takes waiting writes into a group, at most one of each user. The others remain, in their order.
    private static List<Pending> gather(List<Pending> waiting) {
        Map<String, Pending> group = new LinkedHashMap<>(); // by user
        int rows = 0;
        for (Iterator<Pending> all = waiting.iterator(); all.hasNext() && rows < MANY_ROWS; ) {
            Pending next = all.next();
            if (!group.containsKey(next.write.userId())) {
                all.remove();
                if (next.take()) {
                    group.put(next.write.userId(), next);
                    rows += next.write.rows().size();
                }
            }
        }
        return List.copyOf(group.values());
    }

    private void commit(List<Pending> group) {
        List<Optional<Stored>> outcomes;
        try {
            outcomes =
                    together.apply(group.stream().map(pending -> pending.write).toList());
        } catch (RuntimeException | Error e) {
            boolean repeated = group.size() > 1 && mayBeOfOneWrite(e);
            for (Pending pending : group) {
                CompletableFuture<Optional<Stored>> outcome = pending.outcome;
                end(pending, repeated ? outcome.complete(Optional.empty()) : outcome.completeExceptionally(e));
            }
            return;
        }
        for (int at = 0; at < group.size(); at++) {
            end(group.get(at), group.get(at).outcome.complete(outcomes.get(at)));
        }
    }

    /// Reports a write whose request has stopped waiting. Even one that failed may be committed.
    ///
    /// @param received whether the request receives the outcome
    private void end(Pending pending, boolean received) {
        if (received) {
            return;
        }
        try {
            late.accept(pending.write.userId());
        } catch (RuntimeException e) { // must not end the thread
            LOG.error("A late write could not be reported", e);
        }
    }

    /// Returns whether a failure may be due to one write of several. A connection that breaks, or that
    /// there is none of, would fail each of them again.
    private static boolean mayBeOfOneWrite(Throwable failure) {
        return failure instanceof RuntimeException
                && !(failure instanceof DataAccessResourceFailureException)
                && !(failure instanceof TransactionException);
    }

    /// Commits what is waiting and ends the thread.
    @Override
    public void close() {
        closed = true;
        var _ = queue.offer(Pending.cancelled()); // wakes the thread
        try {
            var _ = thread.join(CLOSE_TIMEOUT);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// A write that a request waits for.
    private static final class Pending {

        private final Write write;
        private final AtomicBoolean taken = new AtomicBoolean();
        private final CompletableFuture<Optional<Stored>> outcome = new CompletableFuture<>();

        private Pending(Write write) {
            this.write = write;
        }

        private static Pending cancelled() {
            var cancelled = new Pending(new Write("", List.of(), Optional.empty()));
            cancelled.taken.set(true);
            return cancelled;
        }

        /// Takes the write into a group, or gives it up.
        ///
        /// @return false if either has happened before
        private boolean take() {
            return taken.compareAndSet(false, true);
        }

        /// Waits for the outcome; empty if the write needs a transaction of its own.
        private Optional<Stored> await(Duration maxWait, Duration maxCommit) {
            try {
                return outcome.get(maxWait.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException _) {
                requireTaken("write did not begin within %s".formatted(maxWait));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                requireTaken("interrupted while waiting to write");
            } catch (ExecutionException e) {
                throw unchecked(e.getCause());
            }
            return finished(maxCommit);
        }

        private void requireTaken(String refusal) {
            if (take()) {
                throw new QueryTimeoutException(refusal);
            }
        }

        /// Waits for a write that has begun, even if interrupted: it may be committed, and must then be
        /// reported.
        private Optional<Stored> finished(Duration maxCommit) {
            try {
                return outcome.orTimeout(maxCommit.toMillis(), TimeUnit.MILLISECONDS)
                        .join();
            } catch (CompletionException e) {
                throw unchecked(e.getCause());
            }
        }

        private static RuntimeException unchecked(@Nullable Throwable failure) {
            return switch (failure) {
                case RuntimeException e -> e;
                case Error e -> throw e;
                case null, default -> new QueryTimeoutException("write did not end in time", failure);
            };
        }
    }
}
