package io.diffmm.ranking;

import java.util.BitSet;

/// Chooses the best of many scored rows.
public final class TopK {

    private TopK() {}

    /// The rows of the `k` highest scores, best first; fewer if fewer rows are left. Equal scores are ordered by the
    /// lower row.
    ///
    /// @param scores one score a row, higher is better
    /// @param excluded rows to leave out
    /// @throws IllegalArgumentException if `k` is negative or a score is not a number
    public static int[] best(float[] scores, BitSet excluded, int k) {
        return ranking(scores, excluded, k).rows();
    }

    /// The rows of the `k` highest scores with their scores; see [#best].
    public static Ranking ranking(float[] scores, BitSet excluded, int k) {
        return heap(scores, excluded, k).drain();
    }

    /// The `k`-th highest score, or minus infinity if there are not so many rows; see [#best].
    public static double threshold(float[] scores, BitSet excluded, int k) {
        return heap(scores, excluded, k).threshold();
    }

    private static BestRows heap(float[] scores, BitSet excluded, int k) {
        var heap = new BestRows(k < 0 ? k : Math.min(k, scores.length));
        boolean full = heap.isFull();
        double threshold = heap.threshold();
        for (int row = 0; row < scores.length; row++) {
            if (full && scores[row] <= threshold) {
                continue; // what ties with the threshold has a higher row than what is kept
            }
            if (!excluded.get(row)) {
                heap.offer(row, scores[row]);
                full = heap.isFull();
                threshold = heap.threshold();
            }
        }
        return heap;
    }
}
