package io.diffmm.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.engine.PyTorch.EngineThreads;
import io.diffmm.runtime.InferencePool.SharedCores;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class SharedCoresTest {

    private final WorkQueue queue = new WorkQueue(1);

    @Test
    void all_noOtherThread_theCallerComputesEveryPart() {
        Thread caller = Thread.currentThread();
        List<Supplier<Thread>> parts = Collections.nCopies(5, Thread::currentThread);

        assertThat(new SharedCores(queue).all(parts)).hasSize(5).containsOnly(caller);
        assertThat(new SharedCores(queue).all(List.<Supplier<Thread>>of())).isEmpty();
    }

    @Test
    void all_anotherThread_partsRunConcurrentlyAndKeepTheirOrder() {
        CountDownLatch bothAtWork = new CountDownLatch(2);
        Supplier<Boolean> meeting = () -> {
            bothAtWork.countDown();
            return awaited(bothAtWork);
        };
        try (var _ = new Helper(queue)) {
            assertThat(new SharedCores(queue).all(List.of(meeting, meeting))).containsExactly(true, true);
            List<Supplier<Integer>> numbers = IntStream.range(0, 100)
                    .<Supplier<Integer>>mapToObj(at -> () -> at)
                    .toList();
            assertThat(new SharedCores(queue).all(numbers))
                    .containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
        }
    }

    @Test
    void all_aPartFails_throwsItsExceptionAfterTheLastPartEnds() {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        Supplier<Boolean> failing = () -> {
            awaited(begun); // until the other thread has its part
            throw new IllegalStateException("broken");
        };
        Supplier<Boolean> slow = () -> {
            begun.countDown();
            pause();
            ended.set(true);
            return true;
        };
        try (var _ = new Helper(queue)) {
            assertThatThrownBy(() -> new SharedCores(queue).all(List.of(failing, slow)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("broken");
            assertThat(ended).isTrue();
        }
    }

    @Test
    void all_anyNumberOfParts_oneThreadEach() {
        Supplier<Integer> threads = EngineThreads::now;

        List<Integer> used = EngineThreads.with(1, () -> new SharedCores(queue).all(List.of(threads)));
        assertThat(used).containsExactly(1);
        assertThat(new SharedCores(queue).all(List.of(threads, threads))).containsExactly(1, 1);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 2", "2, 1", "2, 2", "2, 3"})
    void all_partsOfParts_endOnAnyThread(int outer, int inner) {
        try (var _ = new Helper(queue);
                var _ = new Helper(queue)) {
            for (int round = 0; round < 100; round++) {
                SharedCores cores = new SharedCores(queue);
                Supplier<Integer> leaf = () -> {
                    LockSupport.parkNanos(1_000);
                    return 1;
                };
                Supplier<Integer> branch =
                        () -> cores.all(Collections.nCopies(inner, leaf)).size();

                assertThat(cores.all(Collections.nCopies(outer, branch)))
                        .hasSize(outer)
                        .containsOnly(inner);
            }
        }
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(Duration.ofMillis(200));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Thread that computes parts as those of [InferencePool] do.
    private static final class Helper implements AutoCloseable {

        private final Thread thread;

        Helper(WorkQueue queue) {
            thread = Thread.ofPlatform().start(() -> help(queue));
        }

        private static void help(WorkQueue queue) {
            try {
                while (true) {
                    queue.take(1, 0, _ -> {
                                throw new AssertionError("the queue has requests");
                            })
                            .run();
                }
            } catch (InterruptedException _) {
                // thrown after close()
            }
        }

        @Override
        public void close() {
            thread.interrupt();
            assertThat(Tasks.joinUninterruptibly(thread, Duration.ofSeconds(10)))
                    .isTrue();
        }
    }
}
