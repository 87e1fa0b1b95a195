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

    /// Ends the run here if somebody asked, after the last epoch and before it has published.
    ///
    /// @throws TrainingStoppedException if somebody asked
    void check() {
        if (requested) {
            throw new TrainingStoppedException(
                    "stopped after the last epoch, which the checkpoint holds; --resume goes on from there");
        }
    }

    /// Whether somebody asked.
    public boolean requested() {
        return requested;
    }
}
