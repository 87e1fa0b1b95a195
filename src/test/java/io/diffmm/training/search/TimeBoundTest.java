package io.diffmm.training.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TimeBoundTest {

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1); // the clock may wrap round
    private final TimeBound bound = new TimeBound(Duration.ofSeconds(10), clock::get);

    @Test
    void fits_whatIsLeft() {
        clock.addAndGet(4_000_000_000L);

        assertThat(bound.fits(OptionalDouble.of(5.9))).isTrue();
        assertThat(bound.fits(OptionalDouble.of(6.1))).isFalse();
        assertThat(bound.fits(OptionalDouble.empty())).isTrue();
        assertThat(bound.isOver()).isFalse();
    }

    @Test
    void fits_nothingOnceItIsOver() {
        clock.addAndGet(10_000_000_000L);

        assertThat(bound.isOver()).isTrue();
        assertThat(bound.fits(OptionalDouble.empty())).isFalse();
    }
}
