package io.diffmm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.engine.PyTorch.EngineThreads;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EngineThreadsTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void with_anyNumber_runsOnTheCallingThread(int threads) {
        int before = EngineThreads.now();

        assertThat(EngineThreads.with(threads, Thread::currentThread)).isSameAs(Thread.currentThread());
        assertThat(EngineThreads.with(threads, EngineThreads::now)).isEqualTo(threads);
        assertThat(EngineThreads.now()).isEqualTo(before);
    }

    @Test
    void with_nestedCalls_restoresTheNumberOfEach() {
        List<Integer> threads =
                EngineThreads.with(4, () -> List.of(EngineThreads.with(1, EngineThreads::now), EngineThreads.now()));

        assertThat(threads).containsExactly(1, 4);
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
