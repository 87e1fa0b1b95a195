package io.diffmm.model;

import io.diffmm.ranking.Ranking;

/// Bound on the rounding error of a float32 product, for lists that must not depend on it.
///
/// The engine rounds differently in batches of different sizes and on several cores. Where two neighbours of a list are
/// within the bound, their order is not clear; the user is then computed alone and on one core, which always rounds in
/// the same way.
public final class RoundingBound {

    /// Fraction of the product of the lengths: more than a hundred units in the last place of float32.
    private static final double SHARE = 1e-5;

    private RoundingBound() {}

    /// Returns the bound of a product.
    ///
    /// @param query length of the user's vector
    /// @param longest length of the longest item vector
    public static double of(double query, double longest) {
        return SHARE * query * longest;
    }

    /// Checks whether each score at `from .. to` of a list differs from the next by more than the bound.
    ///
    /// @param to exclusive; positions beyond the list do not count
    public static boolean isClear(Ranking ranking, int from, int to, double bound) {
        if (bound == 0) {
            return true; // no score is rounded
        }
        for (int at = from; at < Math.min(to, ranking.size() - 1); at++) {
            if (!(ranking.score(at) - ranking.score(at + 1) > bound)) {
                return false;
            }
        }
        return true;
    }
}
