package io.diffmm.recommendation;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.runtime.OverloadedException;
import io.diffmm.runtime.OverloadedException.DropReason;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComputationTest {

    private final CompletableFuture<Integer> source = new CompletableFuture<>();
    private final Computation<String> computation = Computation.of(source, result -> "n" + result, Runnable::run);

    @Test
    void computation_isFinishedFromItsSource() {
        source.complete(3);

        assertThat(computation).isCompletedWithValue("n3");
    }

    @Test
    void lastWaiterLeaves_cancelsTheSource() {
        computation.enter();
        computation.enter();

        computation.leave();
        assertThat(source).isNotDone();

        computation.leave();
        assertThat(source).isCancelled();
        assertThat(computation).isCancelled();
        assertThat(computation.enter()).isFalse();
    }

    @Test
    void waiterLeavesWithItsAnswer_cancelsNothing() {
        computation.enter();
        source.complete(3);
        computation.leave();

        assertThat(computation.enter()).isTrue();
        assertThat(computation).isCompletedWithValue("n3");
    }

    @ParameterizedTest
    @CsvSource({"QUEUE_FULL, QUEUE_FULL", "DEADLINE, DEADLINE", "CALLER_GONE, DEADLINE", "CLOSING, CLOSING"})
    void dropOfTheRuntime_isExplained(DropReason drop, UnavailableReason reason) {
        source.completeExceptionally(new OverloadedException(drop));

        assertThat(computation.exceptionNow()).isInstanceOfSatisfying(RecommendationsUnavailableException.class, e -> {
            assertThat(e.reason()).isEqualTo(reason);
            assertThat(e.getStackTrace()).isEmpty();
        });
    }

    @Test
    void faultOfFinishing_isPassedOn() {
        Computation<String> failing = Computation.of(
                source,
                _ -> {
                    throw new ArithmeticException("no");
                },
                Runnable::run);
        source.complete(3);

        assertThat(failing.exceptionNow()).isInstanceOf(ArithmeticException.class);
    }
}
