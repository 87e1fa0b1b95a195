package io.diffmm.training.search;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// Persons behind the users of `valid` and of the folds. A person who is in both is left out of both at
/// once, so that a mix that is fitted without a person has seen none of the person's held-out items.
///
/// The persons of `valid` have the numbers of its users, in order.
final class Persons {

    private final int[] valid;
    private final int[] folds;

    Persons(HeldOutScores valid, Optional<HeldOutScores> folds) {
        Map<String, Integer> numbers = new HashMap<>();
        this.valid = numbers(valid, numbers);
        this.folds = folds.map(hidden -> numbers(hidden, numbers)).orElse(new int[0]);
    }

    private static int[] numbers(HeldOutScores split, Map<String, Integer> numbers) {
        return split.ids().stream()
                .mapToInt(id -> numbers.computeIfAbsent(id, _ -> numbers.size()))
                .toArray();
    }

    /// Returns the users of some persons.
    Users where(IntPredicate chosen) {
        return new Users(where(valid, chosen), where(folds, chosen));
    }

    /// Returns all users.
    Users all() {
        return where(_ -> true);
    }

    private static int[] where(int[] persons, IntPredicate chosen) {
        return IntStream.range(0, persons.length)
                .filter(user -> chosen.test(persons[user]))
                .toArray();
    }

    /// Positions of users in `valid` and in the folds; read-only.
    static final class Users {

        private final int[] valid;
        private final int[] folds;

        Users(int[] valid, int[] folds) {
            this.valid = valid;
            this.folds = folds;
        }

        /// Users of `valid`.
        int[] valid() {
            return valid;
        }

        /// Users of the folds.
        int[] folds() {
            return folds;
        }
    }
}
