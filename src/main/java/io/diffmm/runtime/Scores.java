package io.diffmm.runtime;

import java.time.Duration;

/// One score for each item, higher is better, and what they cost.
public final class Scores {

    private final float[] values;
    private final Duration waited;
    private final Duration computed;

    public Scores(float[] values, Duration waited, Duration computed) {
        this.values = values;
        this.waited = waited;
        this.computed = computed;
    }

    /// `[items]`; not to be written to.
    public float[] values() {
        return values;
    }

    /// How long the request waited for the computing thread.
    public Duration waited() {
        return waited;
    }

    /// How long its batch was computed.
    public Duration computed() {
        return computed;
    }
}
