package io.diffmm.training.search;

import io.diffmm.evaluation.Metric;
import io.diffmm.ranking.TopK;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/// Finds the weights of views by forward selection, so that the weighted sum of their scores ranks the held-out items
/// of some users best, measured by NDCG@20.
///
/// The search starts with the best single view. Each round adds the view that improves the mean most, with its best
/// weight from a grid, if the improvement exceeds its standard error over the users; then it searches all weights again
/// in turn. Views that only add noise get weight zero. Deterministic.
final class WeightSearch {

    /// Weights of a view relative to selected views whose scores have the same standard deviation.
    private static final double[] GRID = {.05, .1, .15, .2, .3, .4, .5, .7, 1, 1.4, 2, 3, 5, 10, 20};

    private static final double[] NONE = {};

    private static final int MAX_PASSES = 3;

    private final List<Candidates> users;
    private final int views;
    private final double[] scales; // reciprocal of each view's mean standard deviation, [V]

    /// @param users candidates of each user; not empty
    /// @param views number of views
    WeightSearch(List<Candidates> users, int views) {
        this.users = users;
        this.views = views;
        this.scales = IntStream.range(0, views).mapToDouble(this::scale).toArray();
    }

    private double scale(int view) {
        double deviation = users.stream()
                .mapToDouble(user -> user.deviation(view))
                .average()
                .orElseThrow();
        return deviation > 0 ? 1 / deviation : 1;
    }

    /// Returns the best weights found, `[V]`; zero for views that are not selected.
    double[] weights() {
        double[] shares = bestAlone();
        boolean added = views > 1;
        while (added) {
            added = addBest(shares);
            if (added) {
                refine(shares);
            }
        }
        return weights(shares);
    }

    /// Converts weights of standardised scores to weights of the views' scores.
    private double[] weights(double[] shares) {
        return IntStream.range(0, views)
                .mapToDouble(view -> shares[view] * scales[view])
                .toArray();
    }

    private double[] bestAlone() {
        double[] best = new double[views];
        double reached = -1;
        for (int view = 0; view < views; view++) {
            double[] alone = new double[views];
            alone[view] = 1;
            double ndcg = mean(values(alone));
            if (ndcg > reached) {
                best = alone;
                reached = ndcg;
            }
        }
        return best;
    }

    /// Adds the view that improves NDCG most.
    ///
    /// @return true if the improvement exceeds its standard error
    private boolean addBest(double[] shares) {
        double[] before = values(shares);
        double[] best = shares.clone();
        double[] reached = before;
        for (int view = 0; view < views; view++) {
            for (double share : shares[view] == 0 ? GRID : NONE) {
                double[] tried = shares.clone();
                tried[view] = share;
                double[] values = values(tried);
                if (mean(values) > mean(reached)) {
                    best = tried;
                    reached = values;
                }
            }
        }
        boolean added = isMoreThanNoise(before, reached);
        if (added) {
            System.arraycopy(best, 0, shares, 0, views);
        }
        return added;
    }

    /// Returns true if the mean difference exceeds its standard error.
    private static boolean isMoreThanNoise(double[] before, double[] after) {
        double[] differences = IntStream.range(0, before.length)
                .mapToDouble(at -> after[at] - before[at])
                .toArray();
        double mean = mean(differences);
        double squares = Arrays.stream(differences)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        return mean > Math.sqrt(squares) / differences.length;
    }

    private void refine(double[] shares) {
        double reached = mean(values(shares));
        for (int pass = 0; pass < MAX_PASSES; pass++) {
            double before = reached;
            for (int view = 0; view < views; view++) {
                reached = refined(shares, view, reached);
            }
            if (reached <= before) {
                return;
            }
        }
    }

    private double refined(double[] shares, int view, double before) {
        double reached = before;
        double kept = shares[view];
        for (double share : kept == 0 ? NONE : GRID) {
            double[] tried = shares.clone();
            tried[view] = share;
            double ndcg = mean(values(tried));
            if (ndcg > reached) {
                reached = ndcg;
                kept = share;
            }
        }
        shares[view] = kept;
        return reached;
    }

    private double[] values(double[] shares) {
        double[] weights = weights(shares);
        return users.stream().mapToDouble(user -> user.ndcg(weights)).toArray();
    }

    /// Returns the mean NDCG@20 of some weights.
    static double mean(List<Candidates> users, double[] weights) {
        return users.stream().mapToDouble(user -> user.ndcg(weights)).average().orElse(0);
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(0);
    }

    /// Items that can enter the top of one user's list, with their score in each view. Immutable.
    static final class Candidates {

        private static final Metric METRIC = new Metric(Metric.Measure.NDCG, 20);

        private final double[][] scores; // [V, C]
        private final boolean[] hits; // [C]
        private final int heldOut;

        /// @param scores score of each candidate in each view, `[V, C]`
        /// @param hits true for candidates that were held out, `[C]`
        /// @param heldOut number of held-out items, candidates or not
        Candidates(double[][] scores, boolean[] hits, int heldOut) {
            this.scores = scores;
            this.hits = hits;
            this.heldOut = heldOut;
        }

        /// Returns NDCG@20 of the ranking by the weighted sum of the views' scores.
        ///
        /// @param weights weight of each view, `[V]`
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

        /// Returns the standard deviation of the candidates' scores in a view.
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
}
