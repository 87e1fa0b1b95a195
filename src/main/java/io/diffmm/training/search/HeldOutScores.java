package io.diffmm.training.search;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Users with held-out items, and the scores of their candidates in all views.
///
/// Immutable, as no caller writes to the arrays.
public final class HeldOutScores {

    private final List<Candidates> users;
    private final double[] weights;

    /// @param users candidates of each user
    /// @param weights weight of each user in means; their mean is 1
    public HeldOutScores(List<Candidates> users, double[] weights) {
        if (users.size() != weights.length) {
            throw new IllegalArgumentException("%d users have %d weights".formatted(users.size(), weights.length));
        }
        this.users = List.copyOf(users);
        this.weights = weights;
    }

    /// Returns users of equal weight.
    public static HeldOutScores of(List<Candidates> users) {
        return new HeldOutScores(users, IntStream.range(0, users.size()).mapToDouble(_ -> 1).toArray());
    }

    /// Joins the users of several folds.
    public static HeldOutScores joined(List<HeldOutScores> folds) {
        return new HeldOutScores(
                folds.stream().flatMap(fold -> fold.users.stream()).toList(),
                folds.stream().flatMapToDouble(fold -> Arrays.stream(fold.weights)).toArray());
    }

    List<Candidates> users() {
        return users;
    }

    double[] weights() {
        return weights;
    }
}
