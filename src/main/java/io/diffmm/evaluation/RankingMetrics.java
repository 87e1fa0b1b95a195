package io.diffmm.evaluation;

/// Metrics of one ranked list against the items that were held out, as the papers compute them.
public final class RankingMetrics {

    private RankingMetrics() {}

    /// `hits / held out`.
    ///
    /// @param hits whether the item at each rank was held out
    /// @param cutoff ranks that count; a shorter list counts as if nothing followed
    /// @param heldOut how many items were held out, at least one
    public static double recall(boolean[] hits, int cutoff, int heldOut) {
        return (double) count(hits, cutoff) / heldOut;
    }

    /// `hits / cutoff`.
    public static double precision(boolean[] hits, int cutoff) {
        return (double) count(hits, cutoff) / cutoff;
    }

    /// `DCG / best possible DCG`, with a gain of `1 / log2(rank + 1)` for each hit.
    public static double ndcg(boolean[] hits, int cutoff, int heldOut) {
        double gain = 0;
        double best = 0;
        for (int rank = 1; rank <= cutoff; rank++) {
            double discount = Math.log(2) / Math.log(rank + 1.0);
            if (rank <= hits.length && hits[rank - 1]) {
                gain += discount;
            }
            if (rank <= heldOut) {
                best += discount;
            }
        }
        return gain / best;
    }

    private static int count(boolean[] hits, int cutoff) {
        int count = 0;
        for (int rank = 0; rank < Math.min(cutoff, hits.length); rank++) {
            if (hits[rank]) {
                count++;
            }
        }
        return count;
    }
}
