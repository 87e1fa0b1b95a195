package io.diffmm.training.search;

import io.diffmm.training.search.BlendSpace.Mix;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/// Finds the mix that ranks held-out items best, measured by half the mean NDCG@20 on `valid` and half
/// that on the folds, or by `valid` alone without folds.
///
/// For each form of the linear view, the search starts at the uniform mix, whose views have equal shares,
/// and changes one share at a time. A mix that differs from the uniform one must be better by the
/// standard error of the difference; otherwise views that only add noise would gain weight by chance.
/// Deterministic.
final class MixFit {

    /// Shares relative to those of the uniform mix.
    private static final double[] GRID = {0, .125, .25, .5, 1, 2, 4, 8};

    /// Standard errors of the difference from the uniform mix that a change must pay.
    private static final double PENALTY = 1;

    private static final int MAX_PASSES = 4;

    private final BlendSpace space;
    private final MixOutcomes valid;
    private final Optional<MixOutcomes> folds;

    MixFit(BlendSpace space, MixOutcomes valid, Optional<MixOutcomes> folds) {
        this.space = space;
        this.valid = valid;
        this.folds = folds;
    }

    /// Returns the uniform mix in the form that ranks some users best.
    Mix uniform(int[] users, boolean joined) {
        return best(space.uniform(joined), mix -> objective(mix, users));
    }

    /// Returns the best mix for some users of `valid` and all users of the folds.
    ///
    /// @param joined whether views are sums over seeds
    Mix fit(int[] users, boolean joined) {
        Mix best = space.uniform(joined).getFirst();
        double bestValue = -1;
        for (Mix uniform : space.uniform(joined)) {
            ToDoubleFunction<Mix> value = mix -> objective(mix, users) - PENALTY * error(mix, uniform, users);
            Mix found = refined(uniform, value);
            double reached = value.applyAsDouble(found);
            if (reached > bestValue) {
                best = found;
                bestValue = reached;
            }
        }
        return best;
    }

    /// Returns the mix that is best for some users of `valid` in hindsight, of all mixes that any search
    /// has evaluated.
    Mix inHindsight(int[] users) {
        return best(valid.mixes(), mix -> mean(valid.ndcg(mix), users));
    }

    private static Mix best(List<Mix> mixes, ToDoubleFunction<Mix> value) {
        Mix best = mixes.getFirst();
        for (Mix mix : mixes) {
            best = value.applyAsDouble(mix) > value.applyAsDouble(best) ? mix : best;
        }
        return best;
    }

    private static Mix refined(Mix start, ToDoubleFunction<Mix> value) {
        Mix best = start;
        for (int pass = 0; pass < MAX_PASSES; pass++) {
            Mix before = best;
            for (int view = 0; view < start.shares().size(); view++) {
                best = refined(best, view, value);
            }
            if (best.equals(before)) {
                return best;
            }
        }
        return best;
    }

    private static Mix refined(Mix start, int view, ToDoubleFunction<Mix> value) {
        Mix best = start;
        double reached = value.applyAsDouble(start);
        for (double share : GRID) {
            Mix tried = start.with(view, share);
            double found = tried.isEmpty() ? Double.NEGATIVE_INFINITY : value.applyAsDouble(tried);
            if (found > reached) {
                best = tried;
                reached = found;
            }
        }
        return best;
    }

    private double objective(Mix mix, int[] users) {
        double own = mean(valid.ndcg(mix), users);
        return folds.map(hidden -> (own + hidden.mean(mix)) / 2).orElse(own);
    }

    /// Returns the standard error of the difference of the objectives of two mixes.
    private double error(Mix mix, Mix other, int[] users) {
        double own = squaredError(valid.ndcg(mix), valid.ndcg(other), users);
        return folds.map(hidden -> Math.sqrt(own + hidden.squaredError(mix, other)) / 2)
                .orElse(Math.sqrt(own));
    }

    /// Returns the square of the standard error of the mean difference of some users.
    static double squaredError(double[] values, double[] others, int[] users) {
        double sum = 0;
        double squares = 0;
        for (int user : users) {
            double difference = values[user] - others[user];
            sum += difference;
            squares += difference * difference;
        }
        double mean = sum / users.length;
        return Math.max(0, squares / users.length - mean * mean) / users.length;
    }

    static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(0);
    }

    static double mean(double[] values, int[] users) {
        double sum = 0;
        for (int user : users) {
            sum += values[user];
        }
        return users.length == 0 ? 0 : sum / users.length;
    }
}
