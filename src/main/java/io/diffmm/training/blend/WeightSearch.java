package io.diffmm.training.blend;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Finds the weights of views that rank some users' held-out items best, by NDCG@20.
///
/// It starts with the best view alone. In each round the view that adds most comes in, with the best weight of a grid,
/// if what it adds is more than the standard error of that difference over the users; then all weights are tried
/// again in turn. So what is only noise stays out. Deterministic.
final class WeightSearch {

    /// Of a view beside those that are in already, whose scores have the same deviation.
    private static final double[] GRID = {.05, .1, .15, .2, .3, .4, .5, .7, 1, 1.4, 2, 3, 5, 10, 20};

    private static final double[] NONE = {};

    private static final int PASSES = 3;

    private final List<Candidates> users;
    private final int views;
    private final double[] scales; // one over each view's mean deviation

    /// A search over some users, at least one.
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

    /// The best weights found; zero for views that add nothing.
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

    /// A view's share times one over its deviation.
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

    /// Adds the view that adds most.
    ///
    /// @return whether one adds more than noise
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

    /// Whether the mean difference is greater than its standard error.
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
        for (int pass = 0; pass < PASSES; pass++) {
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

    /// The mean NDCG@20 that weights reach.
    static double mean(List<Candidates> users, double[] weights) {
        return users.stream().mapToDouble(user -> user.ndcg(weights)).average().orElse(0);
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(0);
    }
}
