package io.diffmm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.engine.PyTorch.EngineThreads;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EngineThreadsTest {

    @Test
    void with_oneThread_runsOnTheCallingThread() {
        int before = EngineThreads.now();

        assertThat(EngineThreads.with(1, Thread::currentThread)).isSameAs(Thread.currentThread());
        assertThat(EngineThreads.with(1, EngineThreads::now)).isEqualTo(1);
        assertThat(EngineThreads.now()).isEqualTo(before);
    }

    @Test
    void with_severalThreads_runsOnOneSharedThread() {
        Thread first = EngineThreads.with(2, Thread::currentThread);
        Thread second = CompletableFuture.supplyAsync(() -> EngineThreads.with(3, Thread::currentThread))
                .join();

        assertThat(first).isNotSameAs(Thread.currentThread());
        assertThat(second).isSameAs(first);
        assertThat(EngineThreads.with(3, EngineThreads::now)).isEqualTo(3);
    }

    @Test
    void with_nestedCalls_runsAtOnce() {
        List<Integer> threads = EngineThreads.with(
                4,
                () -> Stream.of(3, 1, 2)
                        .map(count -> EngineThreads.with(count, EngineThreads::now))
                        .toList());

        assertThat(threads).containsExactly(3, 1, 2);
    }

    @Test
    void with_failingWork_throwsItsException() {
        for (int threads : new int[] {1, 2}) {
            assertThatThrownBy(() -> EngineThreads.with(threads, EngineThreadsTest::refuse))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("refused");
        }
    }

    private static int refuse() {
        throw new IllegalStateException("refused");
    }
}
