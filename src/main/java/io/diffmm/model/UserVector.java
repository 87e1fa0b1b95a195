package io.diffmm.model;

import io.diffmm.ranking.SparseScores;

/// A user in one view: the score of an item is the product with the item's vector, plus its bias, plus what is added to
/// it.
///
/// Immutable, as nobody writes to its vector.
public final class UserVector {

    private final double[] vector;
    private final SparseScores added;

    /// @param vector `[F]`; taken over
    /// @param added what comes to the scores of some items
    public UserVector(double[] vector, SparseScores added) {
        this.vector = vector;
        this.added = added;
    }

    /// A user to whose products nothing is added.
    public static UserVector of(double[] vector) {
        return new UserVector(vector, SparseScores.NONE);
    }

    /// Not to be written to.
    public double[] vector() {
        return vector;
    }

    public SparseScores added() {
        return added;
    }
}
