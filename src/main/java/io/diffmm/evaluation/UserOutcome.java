package io.diffmm.evaluation;

import io.diffmm.datasets.HeldOut.HeldOutUser;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.function.IntPredicate;

/// What one user was recommended, beside what was held out.
///
/// The items are shared, not copied; nobody writes to them.
public final class UserOutcome {

    private final HeldOutUser user;
    private final int historyLength;
    private final int[] ranked;
    private final boolean[] hits;

    /// An outcome.
    ///
    /// @param historyLength how many items the user had before
    /// @param ranked rows of the recommended items, best first
    public UserOutcome(HeldOutUser user, int historyLength, int[] ranked) {
        this.user = user;
        this.historyLength = historyLength;
        this.ranked = ranked;
        this.hits = hits(ranked, user.items());
    }

    private static boolean[] hits(int[] ranked, int[] heldOut) {
        BitSet wanted = Evaluator.bits(heldOut);
        boolean[] hits = new boolean[ranked.length];
        for (int rank = 0; rank < ranked.length; rank++) {
            hits[rank] = wanted.get(ranked[rank]);
        }
        return hits;
    }

    public HeldOutUser user() {
        return user;
    }

    public int historyLength() {
        return historyLength;
    }

    /// Rows of the recommended items, best first; not to be written to.
    public int[] ranked() {
        return ranked;
    }

    /// Whether the item at each rank was held out; a copy.
    public boolean[] hits() {
        return hits.clone();
    }

    /// A metric of this list.
    public double value(Metric metric) {
        return metric.of(hits, user.items().length);
    }

    /// The same list where only some of the held-out items count; empty if none of them does.
    public Optional<UserOutcome> countingOnly(IntPredicate items) {
        int[] counted = Arrays.stream(user.items()).filter(items).toArray();
        return counted.length == 0
                ? Optional.empty()
                : Optional.of(new UserOutcome(new HeldOutUser(user.row(), user.id(), counted), historyLength, ranked));
    }
}
