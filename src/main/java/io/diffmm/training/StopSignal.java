package io.diffmm.training;

/// How a training run learns that it should stop: asked between two steps of the optimiser.
///
/// Thread-safe.
public final class StopSignal {

    private volatile boolean requested;

    /// Asks the run to stop after its present step.
    public void request() {
        requested = true;
    }

    /// Whether somebody asked.
    public boolean requested() {
        return requested;
    }
}
