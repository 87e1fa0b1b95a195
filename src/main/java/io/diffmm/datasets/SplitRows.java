package io.diffmm.datasets;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Interactions divided into those to train on and, of the same users, those to validate on.
///
/// @param userIds users with something to train on, by first appearance
/// @param train their items, oldest first
/// @param trainMicros when those happened, user after user, in microseconds since 1970; empty unless all interactions
/// are
///     dated by points in time
/// @param valid items of theirs that are newer
/// @param usersWithoutTrain users left out, all that they did being for validation
record SplitRows(
        List<String> userIds,
        List<int[]> train,
        Optional<long[]> trainMicros,
        List<HeldOutUser> valid,
        int usersWithoutTrain) {

    static SplitRows of(UserOrder order, Split split) {
        int[] trained = trained(order, split);
        List<String> userIds = new ArrayList<>();
        List<int[]> train = new ArrayList<>();
        List<HeldOutUser> valid = new ArrayList<>();
        for (int user = 0; user < trained.length; user++) {
            if (trained[user] == 0) {
                continue;
            }
            String id = order.interactions().userIds().get(user);
            int end = order.rows().get(user).length;
            if (trained[user] < end) {
                valid.add(new HeldOutUser(OptionalInt.of(userIds.size()), id, order.items(user, trained[user], end)));
            }
            userIds.add(id);
            train.add(order.items(user, 0, trained[user]));
        }
        return new SplitRows(userIds, train, order.micros(trained), valid, trained.length - userIds.size());
    }

    /// How many of each user's interactions, the oldest, are to train on.
    private static int[] trained(UserOrder order, Split split) {
        return switch (split) {
            case Split.LeaveLastOut() ->
                order.rows().stream()
                        .mapToInt(own -> Math.max(1, own.length - 1))
                        .toArray();
            case Split.ByTime(double validShare) -> beforeTheNewest(order, validShare);
        };
    }

    private static int[] beforeTheNewest(UserOrder order, double validShare) {
        int[] all = order.rows().stream().flatMapToInt(Arrays::stream).sorted().toArray();
        int[] byTime = UserOrder.byTime(order.interactions(), all);
        int[] trained = new int[order.rows().size()];
        long newest = Math.round(validShare * all.length);
        for (int at = 0; at < all.length - newest; at++) {
            trained[order.interactions().user(byTime[at])]++;
        }
        return trained;
    }
}
