package io.diffmm.model.blend;

import io.diffmm.ranking.SparseScores;

/// One user as a blend sees them. Immutable, as nobody writes to its vector.
final class BlendedUser {

    private final double[] vector;
    private final SparseScores linked;
    private final double roundingBound;

    BlendedUser(double[] vector, SparseScores linked, double roundingBound) {
        this.vector = vector;
        this.linked = linked;
        this.roundingBound = roundingBound;
    }

    /// The weighted vectors of the views that are products, joined; not to be written to.
    double[] vector() {
        return vector;
    }

    /// What the linear view says, weighted.
    SparseScores linked() {
        return linked;
    }

    /// How far rounding may move a score; zero if it cannot.
    double roundingBound() {
        return roundingBound;
    }
}
