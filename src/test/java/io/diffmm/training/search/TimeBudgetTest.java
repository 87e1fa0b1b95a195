package io.diffmm.training.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.training.search.Trials.TimeBudget;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TimeBudgetTest {

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1); // the clock may overflow
    private final TimeBudget budget = new TimeBudget(Duration.ofSeconds(10), clock::get);

    @Test
    void fits_comparesWithRemainingTime() {
        clock.addAndGet(4_000_000_000L);

        assertThat(budget.fits(OptionalDouble.of(5.9))).isTrue();
        assertThat(budget.fits(OptionalDouble.of(6.1))).isFalse();
        assertThat(budget.fits(OptionalDouble.empty())).isTrue();
        assertThat(budget.isOver()).isFalse();
    }

    @Test
    void fits_nothingLeft_isFalse() {
        clock.addAndGet(10_000_000_000L);

        assertThat(budget.isOver()).isTrue();
        assertThat(budget.fits(OptionalDouble.empty())).isFalse();
    }
}
