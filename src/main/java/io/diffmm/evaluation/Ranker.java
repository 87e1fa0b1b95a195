package io.diffmm.evaluation;

import io.diffmm.datasets.HeldOut.HeldOutUser;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;

/// Whatever ranks items for users: a model, or a baseline.
@FunctionalInterface
public interface Ranker {

    /// The best `count` items of each user, best first.
    ///
    /// @param excluded the items that are not ranked for a user
    List<int[]> rank(List<HeldOutUser> users, Function<HeldOutUser, BitSet> excluded, int count);
}
