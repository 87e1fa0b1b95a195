package io.diffmm.interactions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DataAccessResourceFailureException;

class LiveUsersTest {

    private static final long MAX_SLOTS = 1 << 20;

    private final AtomicBoolean current = new AtomicBoolean(true);
    private LiveUsers users = users((found, _) -> found.accept(LiveUsers.hash("stored")));

    private LiveUsers users(LiveUsers.Source source) {
        return new LiveUsers(source, current::get, MAX_SLOTS);
    }

    @AfterEach
    void close() {
        users.close();
    }

    @Test
    void absent_beforeTheSetIsLoaded_isFalse() {
        assertThat(users.absent("other")).isFalse();

        users.anyMayHaveChanged();

        await(() -> users.absent("other"));
        assertThat(users.absent("stored")).isFalse();
    }

    @Test
    void absent_userWhoWrites_isFalseFromThenOn() {
        users.anyMayHaveChanged();
        await(() -> users.absent("writer"));

        users.changed(List.of("writer"));

        assertThat(users.absent("writer")).isFalse();
        users.anyMayHaveChanged();
        await(() -> users.absent("other"));
        assertThat(users.absent("writer")).isFalse();
    }

    @Test
    void absent_changesNotReceived_isFalse() {
        users.anyMayHaveChanged();
        await(() -> users.absent("other"));

        current.set(false);

        assertThat(users.absent("other")).isFalse();
    }

    /// A load that began before a change was missed does not contain it, whenever the load ends.
    @Test
    void absent_changesMissedDuringALoad_isFalseUntilTheNextLoad() {
        var loads = new AtomicInteger();
        var begun = new CountDownLatch(1);
        var go = List.of(new CountDownLatch(1), new CountDownLatch(1));
        users.close();
        users = users((found, _) -> {
            int load = loads.getAndIncrement();
            begun.countDown();
            if (load == 1) { // a user who was stored while changes were missed
                found.accept(LiveUsers.hash("missed"));
            }
            awaitLatch(go.get(load));
        });
        users.anyMayHaveChanged();
        awaitLatch(begun);

        users.anyMayHaveChanged();
        go.getFirst().countDown();
        await(() -> loads.get() == 2);

        assertThat(users.absent("missed")).isFalse();
        assertThat(users.absent("other")).as("still loading").isFalse();
        go.getLast().countDown();
        await(() -> users.absent("other"));
        assertThat(users.absent("missed")).isFalse();
    }

    @Test
    void load_databaseUnreachable_isRepeated() {
        var loads = new AtomicInteger();
        users.close();
        users = users((_, _) -> {
            if (loads.getAndIncrement() < 2) {
                throw new DataAccessResourceFailureException("away");
            }
        });

        users.anyMayHaveChanged();

        await(() -> users.absent("other"));
        assertThat(loads).hasValue(3);
    }

    @Test
    void hash_isThePrefixOfTheHashOfErasure() {
        assertThat(LiveUsers.hash("u1")).isEqualTo(LiveUsers.hashOf(InteractionStore.userHash("u1")));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void hashes_anyValues_equalASet(long seed) {
        var random = new SplittableRandom(seed);
        int range = 1 + random.nextInt(10_000);
        var hashes = new LiveUsers.Hashes(MAX_SLOTS);
        Set<Long> expected = new HashSet<>();
        random.longs(random.nextInt(5_000), 0, range).forEach(value -> {
            hashes.add(value);
            expected.add(value == 0 ? 1 : value); // 0 represents no hash
        });

        assertThat(hashes.size()).isEqualTo(expected.size());
        for (long value = 1; value < range; value++) {
            assertThat(hashes.lack(value)).isEqualTo(!expected.contains(value));
        }
    }

    @Test
    void hashes_moreThanTheMaximum_lackNothing() {
        var hashes = new LiveUsers.Hashes(4096);
        LongConsumer add = hashes::add;
        IntStream.rangeClosed(1, 3072).forEach(add::accept);
        assertThat(hashes.lack(5000)).isTrue();

        add.accept(3073); // three quarters of 4,096 slots are taken

        assertThat(hashes.lack(5000)).isFalse();
        assertThat(hashes.lack(1)).isFalse();
        add.accept(5000);
        assertThat(hashes.lack(5001)).isFalse();
    }

    @Test
    void hashes_readersDuringGrowth_findWhatWasAdded() throws Exception {
        var hashes = new LiveUsers.Hashes(MAX_SLOTS);
        var added = new AtomicInteger();
        var missing = new AtomicInteger();
        Thread reader = Thread.ofPlatform().start(() -> {
            var random = new SplittableRandom(1);
            while (added.get() < 200_000) {
                int last = added.get();
                if (last > 0 && hashes.lack(1 + random.nextInt(last))) {
                    missing.incrementAndGet();
                }
            }
        });
        for (int value = 1; value <= 200_000; value++) {
            hashes.add(value);
            added.set(value);
        }
        reader.join();

        assertThat(missing).hasValue(0);
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
