package io.diffmm.training;

import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.datasets.HeldOut;
import io.diffmm.datasets.HeldOutUser;
import io.diffmm.evaluation.Evaluation;
import io.diffmm.evaluation.Evaluator.Evaluation;
import io.diffmm.evaluation.Evaluator.UserOutcome;
import io.diffmm.evaluation.Evaluator;
import io.diffmm.evaluation.ModelRanker;
import io.diffmm.evaluation.Popularity;
import io.diffmm.evaluation.Ranker.ModelRanker;
import io.diffmm.evaluation.Ranker;
import io.diffmm.evaluation.UserOutcome;
import io.diffmm.model.Recommender;

import java.util.List;
import java.util.function.Function;

/// Measures models on a dataset's `valid` split: full ranking, train items left out.
final class Validation {

    private static final List<Integer> CUTOFFS = List.of(10, 20);

    private final List<HeldOutUser> users;
    private final Evaluator evaluator;
    private final Function<HeldOutUser, int[]> histories;
    private final Popularity popularity;

    private Validation(
            List<HeldOutUser> users,
            Evaluator evaluator,
            Function<HeldOutUser, int[]> histories,
            Popularity popularity) {
        this.users = users;
        this.evaluator = evaluator;
        this.histories = histories;
        this.popularity = popularity;
    }

    /// The validation of a dataset.
    ///
    /// @throws IllegalArgumentException if it has no `valid` split, or nothing in it can be measured
    static Validation of(Dataset dataset) {
        HeldOut valid = dataset.valid()
                .orElseThrow(
                        () -> new IllegalArgumentException(
                                "the dataset has no valid.csv; training chooses its best epoch there: add the file, or have it made by --split"));
        if (valid.users().stream().allMatch(user -> user.row().isEmpty())) {
            throw new IllegalArgumentException(
                    "there is nothing to validate on: valid has no known item that is new to a user of train; training chooses its best epoch there");
        }
        Function<HeldOutUser, int[]> histories =
                user -> user.row().isPresent() ? dataset.train().row(user.row().getAsInt()) : new int[0];
        Evaluator evaluator = new Evaluator(valid, user -> Evaluator.bits(histories.apply(user)), CUTOFFS);
        return new Validation(
                valid.users(),
                evaluator,
                histories,
                new Popularity(dataset.train().columnCounts()));
    }

    Evaluation measure(Recommender model) {
        return measure(ranker(model));
    }

    Evaluation measure(Ranker ranker) {
        return evaluator.evaluate(ranker);
    }

    /// A model as serving uses it.
    Ranker ranker(Recommender model) {
        return new ModelRanker(model, histories, popularity);
    }

    /// Users with held-out items.
    List<HeldOutUser> users() {
        return users;
    }

    /// The baseline.
    Ranker popularity() {
        return popularity;
    }

    /// What each user interacted with before, oldest first.
    Function<HeldOutUser, int[]> histories() {
        return histories;
    }

    /// What each user is recommended.
    List<UserOutcome> outcomes(Ranker ranker) {
        return evaluator.outcomes(ranker, user -> histories.apply(user).length);
    }
}
