package io.diffmm.datasets;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// The interactions that a model is to foresee, of a `valid` or a test file: one entry per user with at least one.
///
/// @param users by first appearance in the file
/// @param duplicates interactions dropped, the same user and item standing before
/// @param unknownItems interactions left out, the item being none of the catalogue
/// @param alreadySeen interactions left out, the item being in the user's history, so that it cannot be recommended
public record HeldOut(List<HeldOutUser> users, int duplicates, int unknownItems, int alreadySeen) {

    public HeldOut {
        users = List.copyOf(users);
    }

    /// How many items are held out, over all users.
    public int interactions() {
        return users.stream().mapToInt(user -> user.items().length).sum();
    }

    /// How many users have held-out items and no history.
    public int usersWithoutHistory() {
        return (int) users.stream().filter(user -> user.row().isEmpty()).count();
    }

    /// Leaves out what the users of `train` have there already.
    public HeldOut withoutSeen(InteractionMatrix train) {
        return withoutSeen(user -> user.row().isPresent() ? train.row(user.row().getAsInt()) : new int[0]);
    }

    /// Leaves out the items that `history` gives for a user, and then the users with nothing left.
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
}
