package io.diffmm.training.blend;

import io.diffmm.evaluation.Metric;
import io.diffmm.ranking.TopK;
import java.util.BitSet;
import java.util.stream.IntStream;

/// The items that could come to the top of one user's list, with their score in each view.
///
/// Immutable, as nobody writes to its arrays.
final class Candidates {

    private static final Metric METRIC = new Metric(Metric.Measure.NDCG, 20);

    private final double[][] scores; // [views, candidates]
    private final boolean[] hits;
    private final int heldOut;

    /// Candidates of a user.
    ///
    /// @param scores of each candidate in each view, `[V, C]`
    /// @param hits which candidates were held out, `[C]`
    /// @param heldOut how many items were held out, candidates or not
    Candidates(double[][] scores, boolean[] hits, int heldOut) {
        this.scores = scores;
        this.hits = hits;
        this.heldOut = heldOut;
    }

    /// NDCG@20 of the list by the weighted sum of the views' scores.
    double ndcg(double[] weights) {
        float[] blended = new float[hits.length];
        for (int at = 0; at < blended.length; at++) {
            double sum = 0;
            for (int view = 0; view < weights.length; view++) {
                sum += weights[view] * scores[view][at];
            }
            blended[at] = (float) sum;
        }
        int[] best = TopK.best(blended, new BitSet(), METRIC.cutoff());
        boolean[] found = new boolean[best.length];
        IntStream.range(0, best.length).forEach(rank -> found[rank] = hits[best[rank]]);
        return METRIC.of(found, heldOut);
    }

    /// The standard deviation of the candidates' scores in a view.
    double deviation(int view) {
        double[] values = scores[view];
        if (values.length == 0) {
            return 0;
        }
        double mean = 0;
        for (double value : values) {
            mean += value / values.length;
        }
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean) / values.length;
        }
        return Math.sqrt(squares);
    }
}
