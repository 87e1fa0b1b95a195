package io.diffmm.datasets;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/// Held-out interactions of a validation or test file, which a model is evaluated on: one entry per user.
///
/// @param users users with at least one held-out item, by first appearance in the file
/// @param duplicates dropped interactions whose user and item occurred earlier
/// @param unknownItems dropped interactions whose item is not in the catalogue
/// @param alreadySeen dropped interactions whose item is in the user's history and therefore cannot be recommended
public record HeldOut(List<HeldOutUser> users, int duplicates, int unknownItems, int alreadySeen) {

    public HeldOut {
        users = List.copyOf(users);
    }

    /// Number of held-out items of all users.
    public int interactions() {
        return users.stream().mapToInt(user -> user.items().length).sum();
    }

    /// Number of users with held-out items but without a history.
    public int usersWithoutHistory() {
        return (int) users.stream().filter(user -> user.row().isEmpty()).count();
    }

    /// Drops the items that users have interacted with in `train`.
    public HeldOut withoutSeen(InteractionMatrix train) {
        return withoutSeen(user -> user.row().isPresent() ? train.row(user.row().getAsInt()) : new int[0]);
    }

    /// Drops the items of each user's history, then the users without any item left.
    ///
    /// @param history rows of the items in a user's history
    public HeldOut withoutSeen(Function<HeldOutUser, int[]> history) {
        List<HeldOutUser> left = new ArrayList<>();
        for (HeldOutUser user : users) {
            unseen(user, history.apply(user)).ifPresent(left::add);
        }
        var unseen = new HeldOut(left, duplicates, unknownItems, alreadySeen);
        return new HeldOut(left, duplicates, unknownItems, alreadySeen + interactions() - unseen.interactions());
    }

    private static Optional<HeldOutUser> unseen(HeldOutUser user, int[] history) {
        Set<Integer> seen = new HashSet<>();
        Arrays.stream(history).forEach(seen::add);
        int[] items =
                Arrays.stream(user.items()).filter(item -> !seen.contains(item)).toArray();
        if (items.length == 0) {
            return Optional.empty();
        }
        return Optional.of(items.length == user.items().length ? user : new HeldOutUser(user.row(), user.id(), items));
    }

    /// Held-out items of one user.
    ///
    /// The array is shared, not copied; callers must not modify it.
    public static final class HeldOutUser {

        private final OptionalInt row;
        private final String id;
        private final int[] items;

        /// Wraps the items of one user.
        ///
        /// @param row row of the user in the training matrix; empty for a user without history
        /// @param items rows of the items
        /// @throws IllegalArgumentException if `items` is empty
        public HeldOutUser(OptionalInt row, String id, int[] items) {
            if (items.length == 0) {
                throw new IllegalArgumentException("user %s has no held-out item".formatted(id));
            }
            this.row = row;
            this.id = id;
            this.items = items;
        }

        /// Row of the user in the training matrix; empty for a user without history.
        public OptionalInt row() {
            return row;
        }

        public String id() {
            return id;
        }

        /// Rows of the items, oldest first, without duplicates; must not be modified.
        public int[] items() {
            return items;
        }
    }
}
