package io.diffmm.report;

import io.diffmm.evaluation.Estimate;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Choice of the blend of views, and its reliability. Means over the folds are weighted by user.
///
/// @param validUsers number of users of `valid` that the blend was chosen on
/// @param foldUsers number of users with an interaction that a fold of `train` hides; 0 without folds
/// @param valid NDCG@20 of the blend on `valid`, for the users that it was chosen on
/// @param folds NDCG@20 of the blend on the folds; empty without folds
/// @param uniform NDCG@20 of the uniform blend on `valid`, from which the search starts
/// @param regret NDCG@20 that the choice loses on fresh users; empty with fewer than two users
/// @param removals cost of the removal of each view with a weight, if there are several
public record BlendSelection(
        int validUsers,
        int foldUsers,
        double valid,
        Optional<Double> folds,
        double uniform,
        Optional<Regret> regret,
        List<Removal> removals) {

    public BlendSelection {
        removals = List.copyOf(removals);
    }

    /// Loss of NDCG@20 on fresh users: the choice is made on a random half of the users of `valid` and on
    /// the folds, and compared on the other half with the blend that is best there, of all that the
    /// search evaluated.
    ///
    /// @param mean mean over the random halves; the best blend in hindsight is better by chance, too
    /// @param halves number of random halves
    public record Regret(double mean, int halves) {}

    /// Cost of removing a view from the blend: blend minus the best blend of the other views, paired by
    /// user. Both are fitted without the user who is ranked.
    ///
    /// @param view name of a view, or of a kind that several views belong to
    /// @param valid cost on `valid` by metric
    /// @param folds cost on the folds by metric; empty without folds
    public record Removal(String view, Map<String, Estimate> valid, Map<String, Estimate> folds) {

        public Removal {
            valid = Collections.unmodifiableMap(new LinkedHashMap<>(valid));
            folds = Collections.unmodifiableMap(new LinkedHashMap<>(folds));
        }
    }
}
