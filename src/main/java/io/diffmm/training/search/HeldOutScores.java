package io.diffmm.training.search;

import io.diffmm.datasets.HeldOut.HeldOutUser;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Users with held-out items, and the scores of their candidates in all views.
///
/// Immutable, as no caller writes to the arrays.
public final class HeldOutScores {

    private final List<String> ids;
    private final List<Candidates> users;
    private final double[] weights;

    /// @param owners users, one for each entry of `users`
    /// @param users candidates of each user
    /// @param weights weight of each user in means; their mean is 1
    public HeldOutScores(List<HeldOutUser> owners, List<Candidates> users, double[] weights) {
        this(users, weights, owners.stream().map(HeldOutUser::id).toList());
    }

    private HeldOutScores(List<Candidates> users, double[] weights, List<String> ids) {
        if (users.size() != weights.length || users.size() != ids.size()) {
            throw new IllegalArgumentException(
                    "%d users have %d weights and %d ids".formatted(users.size(), weights.length, ids.size()));
        }
        this.ids = List.copyOf(ids);
        this.users = List.copyOf(users);
        this.weights = weights;
    }

    /// Returns users of equal weight.
    public static HeldOutScores of(List<HeldOutUser> owners, List<Candidates> users) {
        return new HeldOutScores(
                owners,
                users,
                IntStream.range(0, users.size()).mapToDouble(_ -> 1).toArray());
    }

    /// Joins the users of several folds.
    public static HeldOutScores joined(List<HeldOutScores> folds) {
        return new HeldOutScores(
                folds.stream().flatMap(fold -> fold.users.stream()).toList(),
                folds.stream()
                        .flatMapToDouble(fold -> Arrays.stream(fold.weights))
                        .toArray(),
                folds.stream().flatMap(fold -> fold.ids.stream()).toList());
    }

    /// Id of each user.
    List<String> ids() {
        return ids;
    }

    List<Candidates> users() {
        return users;
    }

    double[] weights() {
        return weights;
    }
}
