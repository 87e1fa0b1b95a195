package io.diffmm.training;

/// Request to stop a training job, evaluated between two steps of the optimiser. Thread-safe.
public final class StopSignal {

    private volatile boolean requested;

    /// Requests the job to stop after its current step.
    public void request() {
        requested = true;
    }

    /// Stops the job at a point after the last epoch and before publication.
    ///
    /// @throws TrainingStoppedException if a stop is requested
    void check() {
        if (requested) {
            throw new TrainingStoppedException(
                    "stopped after the last epoch; the checkpoint contains it, and --resume continues from there");
        }
    }

    /// Returns true if a stop is requested.
    public boolean requested() {
        return requested;
    }

    /// Thrown when a training job stops before its end, for example on a signal. The finished work is in the
    /// checkpoint, or in the files of the hyper-parameter search.
    public static final class TrainingStoppedException extends RuntimeException {

        private static final long serialVersionUID = 1;

        /// @param run name of the run; may be empty
        /// @param epochs number of its finished epochs
        TrainingStoppedException(String run, int epochs) {
            this("stopped %safter %d finished epochs; the checkpoint contains them, and --resume continues from there"
                    .formatted(run.isEmpty() ? "" : "in " + run + ' ', epochs));
        }

        TrainingStoppedException(String message) {
            super(message);
        }
    }
}
