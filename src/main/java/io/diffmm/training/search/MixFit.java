package io.diffmm.training.search;

import io.diffmm.training.search.BlendSpace.Mix;
import io.diffmm.training.search.Persons.Users;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/// Finds the mix that ranks held-out items best, measured by half the mean NDCG@20 on `valid` and half
/// that on the folds, or by `valid` alone without folds.
///
/// `valid` has less than half of the weight if it has less than a third of the users that the folds
/// have.
///
/// For each form of the linear view, the search starts at the uniform mix, whose views have equal
/// shares, and changes one share at a time. A mix that differs from the uniform one must be better by
/// the standard error of the difference; otherwise views that only add noise would gain weight by
/// chance. Deterministic.
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
    Mix uniform(Users users, boolean joined) {
        return best(space.uniform(joined, Set.of()), mix -> objective(mix, users));
    }

    /// Returns the best mix for some users.
    ///
    /// @param joined whether views are sums over seeds
    Mix fit(Users users, boolean joined) {
        return fit(users, joined, Set.of());
    }

    /// Returns the best mix for some users without some of the views.
    ///
    /// @param removed positions of these views, not all
    Mix fit(Users users, boolean joined, Set<Integer> removed) {
        List<Mix> starts = space.uniform(joined, removed);
        Mix best = starts.getFirst();
        double bestValue = Double.NEGATIVE_INFINITY;
        for (Mix uniform : starts) {
            ToDoubleFunction<Mix> value = mix -> objective(mix, users) - penalty(mix, uniform, users);
            Mix found = refined(uniform, removed, value);
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
        return best(valid.mixes(), mix -> valid.mean(mix, users));
    }

    private static Mix best(List<Mix> mixes, ToDoubleFunction<Mix> value) {
        Mix best = mixes.getFirst();
        for (Mix mix : mixes) {
            best = value.applyAsDouble(mix) > value.applyAsDouble(best) ? mix : best;
        }
        return best;
    }

    private static Mix refined(Mix start, Set<Integer> removed, ToDoubleFunction<Mix> value) {
        Mix best = start;
        for (int pass = 0; pass < MAX_PASSES; pass++) {
            Mix before = best;
            for (int view = 0; view < start.shares().size(); view++) {
                best = removed.contains(view) ? best : refined(best, view, value);
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

    /// Returns the weight of `valid`; one user of it says nothing.
    private static double share(Users users) {
        int own = users.valid().length;
        return own < 2 ? 0 : Math.min(.5, 2.0 * own / (own + users.folds().length));
    }

    private double objective(Mix mix, Users users) {
        double own = valid.mean(mix, users.valid());
        if (folds.isEmpty()) {
            return own;
        }
        double share = share(users);
        return share * own + (1 - share) * folds.get().mean(mix, users.folds());
    }

    /// Returns the standard errors of the difference of the objectives of two mixes that a change must
    /// pay.
    private double penalty(Mix mix, Mix uniform, Users users) {
        if (mix.equals(uniform)) {
            return 0;
        }
        if (folds.isEmpty()) {
            return PENALTY * Math.sqrt(valid.squaredError(mix, uniform, users.valid()));
        }
        double share = share(users);
        double own = share == 0 ? 0 : share * share * valid.squaredError(mix, uniform, users.valid());
        double hidden = folds.get().squaredError(mix, uniform, users.folds());
        return PENALTY * Math.sqrt(own + (1 - share) * (1 - share) * hidden);
    }
}
