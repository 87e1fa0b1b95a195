package io.diffmm.model;

import io.diffmm.ranking.Ranking;

/// How far float32's rounding may move a product, so that lists can be made not to depend on it.
///
/// The engine rounds differently in batches of different sizes, and on more cores than one. Where two neighbours of a
/// list are so near that this could decide, their order is not clear; the user is then computed alone and on
/// one core, which always rounds in the same way.
public final class RoundingBound {

    /// Of the lengths of the vectors: more than a hundred units of float32.
    private static final double SHARE = 1e-5;

    private RoundingBound() {}

    /// The bound of a product.
    ///
    /// @param query the length of the user's vector
    /// @param longest the length of the longest item's vector
    public static double of(double query, double longest) {
        return SHARE * query * longest;
    }

    /// Whether each of the places `from .. to` of a list is clear of the one after it.
    ///
    /// @param to exclusive; places beyond the list do not count
    public static boolean isClear(Ranking ranking, int from, int to, double bound) {
        if (bound == 0) {
            return true; // nothing is rounded that could decide
        }
        for (int place = from; place < Math.min(to, ranking.size() - 1); place++) {
            if (!(ranking.score(place) - ranking.score(place + 1) > bound)) {
                return false;
            }
        }
        return true;
    }
}
