package io.diffmm.model.blend;

import io.diffmm.model.UserVector;
import io.diffmm.ranking.SparseScores;
import io.diffmm.retrieval.ItemVectors;
import java.util.List;

/// One user as a blend sees them. Immutable, as nobody writes to its vectors.
final class BlendedUser {

    private final List<UserVector> views;
    private final SparseScores linked;
    private final double[] vector;
    private final SparseScores added;
    private final double roundingBound;

    BlendedUser(
            List<UserVector> views, SparseScores linked, double[] vector, SparseScores added, double roundingBound) {
        this.views = views;
        this.linked = linked;
        this.vector = vector;
        this.added = added;
        this.roundingBound = roundingBound;
    }

    /// The user in each view that is a product, without weights.
    List<UserVector> views() {
        return views;
    }

    /// What the linear view says, weighted.
    SparseScores linked() {
        return linked;
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

    /// The score of an item, in float64.
    ///
    /// @param joined the items' vectors of the views that are products, joined
    double score(ItemVectors joined, int item) {
        return joined.product(vector, item) + added.of(item);
    }
}
