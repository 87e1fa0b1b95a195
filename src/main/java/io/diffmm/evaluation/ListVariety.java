package io.diffmm.evaluation;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// How much of the catalogue the lists show, and how little known it is.
///
/// @param coverage the share of the catalogue that stands in somebody's list
/// @param novelty the mean of `-log2(share)` over all recommendations, where an item's share is that of all train
///     interactions; an item that nobody has counts as one that one user has
public record ListVariety(double coverage, double novelty) {

    /// The variety of the lists' first `cutoff` ranks.
    ///
    /// @param popularity how many users have each item of the catalogue
    public static ListVariety of(List<UserOutcome> outcomes, int cutoff, int[] popularity) {
        double interactions =
                Math.max(1, Arrays.stream(popularity).asLongStream().sum());
        BitSet shown = new BitSet();
        double surprise = 0;
        long recommendations = 0;
        for (UserOutcome outcome : outcomes) {
            int[] ranked = outcome.ranked();
            for (int rank = 0; rank < Math.min(cutoff, ranked.length); rank++) {
                shown.set(ranked[rank]);
                surprise += Math.log(interactions / Math.max(1, popularity[ranked[rank]])) / Math.log(2);
                recommendations++;
            }
        }
        return new ListVariety(
                popularity.length == 0 ? 0 : (double) shown.cardinality() / popularity.length,
                recommendations == 0 ? 0 : surprise / recommendations);
    }
}
