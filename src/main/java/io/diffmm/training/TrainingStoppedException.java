package io.diffmm.training;

/// Thrown when training was asked to stop before its end, by a signal say. What was finished is in the
/// checkpoint, or in the files of the search.
public final class TrainingStoppedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    TrainingStoppedException(int epochs) {
        this("stopped after %d finished epochs, which the checkpoint holds; --resume goes on from there"
                .formatted(epochs));
    }

    TrainingStoppedException(String message) {
        super(message);
    }
}
