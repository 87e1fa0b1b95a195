package io.diffmm.model.blend;

import io.diffmm.ranking.SparseScores;

/// One user as a blend sees them. Immutable, as nobody writes to its vector.
final class BlendedUser {

    private final double[] vector;
    private final SparseScores added;
    private final double roundingBound;

    BlendedUser(double[] vector, SparseScores added, double roundingBound) {
        this.vector = vector;
        this.added = added;
        this.roundingBound = roundingBound;
    }

    /// The weighted vectors of the views that are products, joined; not to be written to.
    double[] vector() {
        return vector;
    }

    /// What comes to the products of some items: what the linear view says, and what views add, weighted.
    SparseScores added() {
        return added;
    }

    /// How far rounding may move a score; zero if it cannot.
    double roundingBound() {
        return roundingBound;
    }
}
