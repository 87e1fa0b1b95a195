package io.diffmm.interactions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GroupCommitTest {

    @Test
    void await_alone_flushesEachTime() {
        var flushes = new AtomicInteger();
        var group = new EmbeddedDatabase.GroupCommit(flushes::incrementAndGet);

        group.await();
        group.await();

        assertThat(flushes).hasValue(2);
    }

    @Test
    void await_manyDuringAFlush_shareTheNext() throws Exception {
        var flushes = new AtomicInteger();
        var firstBegun = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        var group = new EmbeddedDatabase.GroupCommit(() -> {
            flushes.incrementAndGet();
            firstBegun.countDown();
            awaitLatch(go);
        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> waiting = new ArrayList<>();
            waiting.add(threads.submit(group::await));
            awaitLatch(firstBegun);
            for (int other = 0; other < 20; other++) {
                waiting.add(threads.submit(group::await));
            }
            TimeUnit.MILLISECONDS.sleep(100); // by now all of them wait; a late one causes at most one more flush
            go.countDown();
            for (Future<?> one : waiting) {
                one.get(10, TimeUnit.SECONDS);
            }
        }
        assertThat(flushes.get()).isBetween(2, 3);
    }

    @Test
    void await_returns_onlyAfterAFlushThatBeganLater() throws Exception {
        var committed = ConcurrentHashMap.<Integer>newKeySet();
        var onDisk = ConcurrentHashMap.<Integer>newKeySet();
        var group = new EmbeddedDatabase.GroupCommit(() -> onDisk.addAll(List.copyOf(committed)));
        try (var threads = Executors.newFixedThreadPool(8)) {
            List<Future<Boolean>> kept = new ArrayList<>();
            for (int commit = 0; commit < 2000; commit++) {
                int number = commit;
                kept.add(threads.submit(() -> {
                    committed.add(number);
                    group.await();
                    return onDisk.contains(number);
                }));
            }
            for (Future<Boolean> one : kept) {
                assertThat(one.get(10, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void await_flushFails_nextCallRetries() {
        var flushes = new AtomicInteger();
        var group = new EmbeddedDatabase.GroupCommit(() -> {
            if (flushes.incrementAndGet() == 1) {
                throw new IllegalStateException("full");
            }
        });

        assertThatIllegalStateException().isThrownBy(group::await).withMessage("full");
        group.await();

        assertThat(flushes).hasValue(2);
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new AssertionError("not in time");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
