package io.diffmm.interactions;

import static io.diffmm.interactions.TestStores.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.interactions.Interaction.UserInteraction;
import io.diffmm.interactions.InteractionInserts.Stored;
import io.diffmm.interactions.InteractionInserts.Write;
import io.diffmm.interactions.Interactions.Recorded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.QueryTimeoutException;

class WriteQueueTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final List<List<String>> groups = new CopyOnWriteArrayList<>(); // users of each transaction
    private final List<String> alone = new CopyOnWriteArrayList<>();
    private final List<String> late = new CopyOnWriteArrayList<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final Semaphore commits = new Semaphore(0);
    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    private WriteQueue queue = queue(LONG, WriteQueueTest::stored);

    private WriteQueue queue(Duration maxWait, Function<List<Write>, List<Optional<Stored>>> together) {
        return new WriteQueue(
                        writes -> {
                            groups.add(writes.stream().map(Write::userId).toList());
                            begun.countDown();
                            commits.acquireUninterruptibly();
                            return together.apply(writes);
                        },
                        write -> {
                            alone.add(write.userId());
                            return stored(write);
                        },
                        late::add,
                        maxWait)
                .start();
    }

    private void replace(Duration maxWait, Function<List<Write>, List<Optional<Stored>>> together) {
        queue.close();
        queue = queue(maxWait, together);
    }

    @AfterEach
    void close() {
        commits.release(10_000);
        clients.close();
        queue.close();
    }

    @Test
    void record_whileAGroupCommits_formTheNextGroup() throws Exception {
        Future<Stored> first = record("u0", 1);
        await(begun);
        List<Future<Stored>> others = IntStream.rangeClosed(1, 20)
                .mapToObj(user -> waiting("u" + user, user))
                .toList();

        commits.release(2);

        assertThat(outcome(first)).isEqualTo(new Recorded(1, 0, false));
        for (int user = 1; user <= 20; user++) {
            assertThat(outcome(others.get(user - 1))).isEqualTo(new Recorded(user, 0, false));
        }
        assertThat(groups).hasSize(2);
        assertThat(groups.getLast()).hasSize(20);
        assertThat(alone).isEmpty();
        assertThat(late).isEmpty();
    }

    @Test
    void record_sameUserTwice_isInDifferentGroupsInOrder() throws Exception {
        Future<Stored> first = record("u0", 1);
        await(begun);
        List<Future<Stored>> others = new ArrayList<>();
        for (String user : List.of("u1", "u2", "u1", "u3")) {
            others.add(waiting(user, 1));
        }

        commits.release(3);

        outcome(first);
        for (Future<Stored> other : others) {
            outcome(other);
        }
        assertThat(groups).containsExactly(List.of("u0"), List.of("u1", "u2", "u3"), List.of("u1"));
    }

    @Test
    void record_manyRows_endTheGroup() throws Exception {
        Future<Stored> first = record("u0", 1);
        await(begun);
        List<Future<Stored>> others = IntStream.rangeClosed(1, 5)
                .mapToObj(user -> waiting("u" + user, 600))
                .toList();

        commits.release(10);

        outcome(first);
        for (Future<Stored> other : others) {
            outcome(other);
        }
        assertThat(groups).extracting(List::size).containsExactly(1, 2, 2, 1);
    }

    @Test
    void record_groupRefused_eachRequestHasItsOwnTransaction() throws Exception {
        replace(LONG, writes -> {
            if (writes.size() > 1) {
                throw new DataIntegrityViolationException("too long");
            }
            return stored(writes);
        });
        Future<Stored> first = record("u0", 1);
        await(begun);
        List<Future<Stored>> others = IntStream.rangeClosed(1, 5)
                .mapToObj(user -> waiting("u" + user, 1))
                .toList();

        commits.release(2);

        outcome(first);
        for (Future<Stored> other : others) {
            assertThat(outcome(other)).isEqualTo(new Recorded(1, 0, false));
        }
        assertThat(alone).containsExactlyInAnyOrder("u1", "u2", "u3", "u4", "u5");
    }

    @Test
    void record_databaseFails_allFailAndNoneIsRepeated() {
        replace(LONG, _ -> {
            throw new DataAccessResourceFailureException("away");
        });
        Future<Stored> first = record("u0", 1);
        await(begun);
        List<Future<Stored>> others = IntStream.rangeClosed(1, 5)
                .mapToObj(user -> waiting("u" + user, 1))
                .toList();

        commits.release(2);

        assertThatThrownBy(() -> outcome(first)).isInstanceOf(DataAccessResourceFailureException.class);
        assertThat(others)
                .allSatisfy(other -> assertThatThrownBy(() -> outcome(other))
                        .isInstanceOf(DataAccessResourceFailureException.class));
        assertThat(alone).isEmpty();
    }

    @Test
    void record_outcomeEmpty_repeatsThatWriteAlone() throws Exception {
        replace(LONG, _ -> List.of(Optional.empty()));
        commits.release(1);

        outcome(record("u0", 1));

        assertThat(alone).containsExactly("u0");
    }

    @Test
    void record_groupNotBegunInTime_isRefusedAndNotStored() throws Exception {
        replace(Duration.ofMillis(200), WriteQueueTest::stored);
        Future<Stored> first = record("u0", 1);
        await(begun);
        Future<Stored> late = waiting("u1", 1);

        assertThatThrownBy(() -> outcome(late)).isInstanceOf(QueryTimeoutException.class);
        commits.release(2);

        assertThat(outcome(first)).as("begun in time").isEqualTo(new Recorded(1, 0, false));
        outcome(record("u2", 1));
        assertThat(groups).containsExactly(List.of("u0"), List.of("u2"));
    }

    @Test
    void record_queueFull_isRefused() {
        var _ = record("u0", 1);
        await(begun);
        for (int user = 1; user <= 1000; user++) {
            var _ = waiting("u" + user, 1);
        }

        assertThatThrownBy(() -> queue.record(write("u1001", 1)))
                .isInstanceOf(DataAccessResourceFailureException.class);
    }

    /// A write that has begun may be committed, so an interrupted request must report it.
    @Test
    void record_interrupted_waitsForItsCommit() throws Exception {
        var outcome = new CopyOnWriteArrayList<Recorded>();
        Thread client = Thread.ofVirtual().start(() -> {
            outcome.add(queue.record(write("u0", 1)).outcome());
            assertThat(Thread.interrupted()).isTrue();
        });
        await(begun);

        client.interrupt();
        commits.release();
        client.join();

        assertThat(outcome).containsExactly(new Recorded(1, 0, false));
    }

    /// A write that ends after its request has stopped waiting is reported, as the request reports the others. One that
    /// fails may be committed nevertheless.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void record_groupNotEndedInTime_isReportedOnceItEnds(boolean fails) {
        queue.close();
        queue = new WriteQueue(
                        writes -> {
                            commits.acquireUninterruptibly();
                            if (fails) {
                                throw new DataAccessResourceFailureException("connection lost");
                            }
                            return stored(writes);
                        },
                        WriteQueueTest::stored,
                        late::add,
                        Duration.ofMillis(100),
                        Duration.ofMillis(10))
                .start();

        assertThatThrownBy(() -> queue.record(write("u0", 1))).isInstanceOf(QueryTimeoutException.class);
        assertThat(late).isEmpty();
        commits.release();
        queue.close();

        assertThat(late).containsExactly("u0");
    }

    @Test
    void close_waitingWrites_areCommitted() throws Exception {
        Future<Stored> first = record("u0", 1);
        await(begun);
        Future<Stored> second = waiting("u1", 1);

        commits.release(2);
        queue.close();

        outcome(first);
        outcome(second);
        assertThatThrownBy(() -> queue.record(write("u2", 1))).isInstanceOf(DataAccessResourceFailureException.class);
    }

    private Future<Stored> record(String user, int rows) {
        return clients.submit(() -> queue.record(write(user, rows)));
    }

    /// Starts a write and returns once it waits.
    private Future<Stored> waiting(String user, int rows) {
        var thread = new CountDownLatch(1);
        var running = new Thread[1];
        Future<Stored> write = clients.submit(() -> {
            running[0] = Thread.currentThread();
            thread.countDown();
            return queue.record(write(user, rows));
        });
        await(thread);
        while (running[0].getState() != Thread.State.TIMED_WAITING && !write.isDone()) {
            Thread.onSpinWait();
        }
        return write;
    }

    private static Write write(String user, int rows) {
        return new Write(
                user,
                IntStream.range(0, rows)
                        .mapToObj(row -> new UserInteraction(user, at(row, "a")))
                        .toList(),
                Optional.empty());
    }

    private static List<Optional<Stored>> stored(List<Write> writes) {
        return writes.stream().map(write -> Optional.of(stored(write))).toList();
    }

    private static Stored stored(Write write) {
        return new Stored(new Recorded(write.rows().size(), 0, false), List.of(write.userId()), List.of());
    }

    private static Recorded outcome(Future<Stored> write) throws Exception {
        try {
            return write.get(20, TimeUnit.SECONDS).outcome();
        } catch (ExecutionException e) {
            throw (Exception) e.getCause();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
