package io.diffmm.model;

import java.util.BitSet;

/// A question to a model: the best items for a history.
///
/// @param history whose items; not empty
/// @param excluded items that are not ranked; shared, not to be written to
/// @param count how many items are wanted; fewer come only if fewer are left
public record RankingQuery(UserHistory history, BitSet excluded, int count) {

    public RankingQuery {
        if (count < 0) {
            throw new IllegalArgumentException("count is %d, not 0 or more".formatted(count));
        }
    }
}
