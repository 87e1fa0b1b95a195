package io.diffmm.training;

/// Keeps the best epoch and says when to stop waiting for a better one.
///
/// @param patience epochs without a better score before training stops
/// @param bestEpoch the best epoch so far; 0 before the first
/// @param bestScore its score
record EarlyStopping(int patience, int bestEpoch, double bestScore) {

    /// Before the first epoch.
    static EarlyStopping start(int patience) {
        return new EarlyStopping(patience, 0, Double.NEGATIVE_INFINITY);
    }

    /// After an epoch; an equal score is not better, and an epoch that was not measured is none.
    EarlyStopping after(Epoch epoch) {
        return epoch.score().isPresent() ? after(epoch.number(), epoch.score().getAsDouble()) : this;
    }

    /// After an epoch with a score.
    EarlyStopping after(int epoch, double score) {
        return score > bestScore ? new EarlyStopping(patience, epoch, score) : this;
    }

    /// Whether this epoch is the best one.
    boolean isBest(int epoch) {
        return bestEpoch == epoch;
    }

    /// Whether training should stop after this epoch.
    boolean stopsAfter(int epoch) {
        return epoch - bestEpoch >= patience;
    }
}
