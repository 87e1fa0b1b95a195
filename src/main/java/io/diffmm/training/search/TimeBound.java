package io.diffmm.training.search;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;

/// How long a search may take, from when this was made.
public final class TimeBound {

    private final long end;
    private final LongSupplier nanoTime;

    /// A bound.
    ///
    /// @param nanoTime the clock, as [System#nanoTime]
    public TimeBound(Duration bound, LongSupplier nanoTime) {
        this.end = nanoTime.getAsLong() + bound.toNanos();
        this.nanoTime = nanoTime;
    }

    /// Whether the time is over.
    public boolean isOver() {
        return nanoTime.getAsLong() - end >= 0;
    }

    /// Whether so many seconds are left; if it is not known how many are needed, whether any are.
    public boolean fits(OptionalDouble seconds) {
        return end - nanoTime.getAsLong() > seconds.orElse(0) * 1e9;
    }
}
