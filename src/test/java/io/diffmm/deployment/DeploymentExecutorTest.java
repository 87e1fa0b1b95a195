package io.diffmm.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.deployment.VersionChangeException.ChangeUnfinishedException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DeploymentExecutorTest {

    @Test
    void poll_thatFails_isRepeated_onAThreadOfItsOwn() throws InterruptedException {
        var polled = new CountDownLatch(3);
        var names = new AtomicBoolean(true);
        try (var executor = new DeploymentExecutor()) {
            executor.poll(
                    () -> {
                        names.compareAndSet(
                                true, Thread.currentThread().getName().equals("version-watcher"));
                        polled.countDown();
                        if (polled.getCount() > 1) {
                            throw new IllegalStateException("broken");
                        }
                        throw new AssertionError("broken");
                    },
                    Duration.ofMillis(1));

            assertThat(polled.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(names).isTrue();
        }
    }

    @Test
    void poll_zeroInterval_neverRuns() throws InterruptedException {
        var polls = new AtomicInteger();
        try (var executor = new DeploymentExecutor()) {
            executor.poll(polls::incrementAndGet, Duration.ZERO);
            TimeUnit.MILLISECONDS.sleep(50);
        }
        assertThat(polls).hasValue(0);
    }

    @Test
    void close_interruptsARunningPoll_andWaitsForItsEnd() throws InterruptedException {
        var begun = new CountDownLatch(1);
        var ended = new AtomicBoolean();
        var executor = new DeploymentExecutor();
        executor.poll(
                () -> {
                    begun.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException _) {
                        ended.set(true);
                    }
                },
                Duration.ofMillis(1));
        begun.await();

        executor.close();

        assertThat(ended).isTrue();
        assertThat(executor.isClosing()).isTrue();
        assertThatThrownBy(() -> executor.make(() -> true))
                .isInstanceOf(ChangeUnfinishedException.class)
                .hasMessage("the server is shutting down");
    }

    @Test
    void make_changeFails_throwsItsExceptionOrError() {
        var failure = new IllegalArgumentException("unfit");
        var error = new OutOfMemoryError("of a device");
        try (var executor = new DeploymentExecutor()) {
            assertThatThrownBy(() -> executor.make(() -> {
                        throw failure;
                    }))
                    .isSameAs(failure);
            assertThatThrownBy(() -> executor.make(() -> {
                        throw error;
                    }))
                    .isSameAs(error);
        }
    }
}
