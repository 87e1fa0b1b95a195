package io.diffmm.training;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.HeldOut;
import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.evaluation.Evaluator;
import io.diffmm.evaluation.Evaluator.Evaluation;
import io.diffmm.evaluation.Evaluator.UserOutcome;
import io.diffmm.evaluation.OfflineRanker;
import io.diffmm.evaluation.OfflineRanker.ModelRanker;
import io.diffmm.evaluation.PopularityRanker;
import io.diffmm.model.Recommender;
import java.util.List;
import java.util.function.Function;

/// Validation split of a dataset with its baselines. Models are measured by full ranking, without the items of train.
final class Validation {

    private static final List<Integer> CUTOFFS = List.of(10, 20);

    private final InteractionMatrix train;
    private final List<HeldOutUser> users;
    private final Evaluator evaluator;
    private final Function<HeldOutUser, int[]> histories;
    private final PopularityRanker popularity;

    private Validation(InteractionMatrix train, HeldOut valid) {
        this.train = train;
        this.users = valid.users();
        this.histories = user -> user.row().isPresent() ? train.row(user.row().getAsInt()) : new int[0];
        this.evaluator = new Evaluator(valid, user -> Evaluator.bits(histories.apply(user)), CUTOFFS);
        this.popularity = new PopularityRanker(train.columnCounts());
    }

    /// Returns the validation split of a dataset.
    ///
    /// @throws IllegalArgumentException if the dataset has no `valid` split, or the split has nothing to measure
    static Validation of(Dataset dataset) {
        HeldOut valid = dataset.valid()
                .orElseThrow(
                        () -> new IllegalArgumentException(
                                "the dataset has no valid.csv, on which training selects its best epoch; add the file, or create the split by --split"));
        if (valid.users().stream().allMatch(user -> user.row().isEmpty())) {
            throw new IllegalArgumentException(
                    "valid contains no known item that is new to a user of train, but training selects its best epoch on valid");
        }
        return new Validation(dataset.train(), valid);
    }

    /// Returns a split of other held-out interactions, which `train` does not contain.
    static Validation of(InteractionMatrix train, HeldOut heldOut) {
        return new Validation(train, heldOut);
    }

    /// Returns the part of this split with some of its users.
    Validation only(List<HeldOutUser> some) {
        return new Validation(train, new HeldOut(some, 0, 0, 0));
    }

    Evaluation measure(Recommender model) {
        return measure(ranker(model));
    }

    Evaluation measure(OfflineRanker ranker) {
        return evaluator.evaluate(ranker);
    }

    /// Returns the ranking of a model as a server computes it.
    OfflineRanker ranker(Recommender model) {
        return new ModelRanker(model, histories, popularity);
    }

    /// Returns the users with held-out items.
    List<HeldOutUser> users() {
        return users;
    }

    /// Returns the popularity baseline.
    OfflineRanker popularity() {
        return popularity;
    }

    /// Fits the EASE baseline; the caller closes it.
    ///
    /// @param lambda weight of the L2 regularisation, above zero
    Ease ease(double lambda, NDManager parent) {
        return Ease.fit(train, lambda, histories, parent);
    }

    /// Returns the function from a user to the earlier interactions, oldest first.
    Function<HeldOutUser, int[]> histories() {
        return histories;
    }

    /// Returns the recommendations for each user with their hits.
    List<UserOutcome> outcomes(OfflineRanker ranker) {
        return evaluator.outcomes(ranker, user -> histories.apply(user).length);
    }
}
