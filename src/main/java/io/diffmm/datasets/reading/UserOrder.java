package io.diffmm.datasets.reading;

import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.datasets.reading.DatasetSource.Split;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/// Interactions grouped by user, oldest first, without duplicates: of equal items, the oldest interaction is kept.
///
/// Interactions are numbers of rows of [InteractionRows]. The arrays are shared, not copied, and never modified.
///
/// @param rows row numbers of each user, in the order of [InteractionRows#userIds()]
record UserOrder(InteractionRows interactions, List<int[]> rows) {

    /// Groups and sorts interactions.
    static UserOrder of(InteractionRows interactions) {
        int users = interactions.userIds().size();
        int[] ends = new int[users + 1]; // ends[u] becomes the end of user u - 1, the start of user u
        countUp(interactions, row -> ends[interactions.user(row) + 1]++);
        Arrays.parallelPrefix(ends, Integer::sum);
        int[] order = new int[interactions.size()]; // row numbers, user by user
        int[] next = ends.clone();
        countUp(interactions, row -> order[next[interactions.user(row)]++] = row);

        int[] lastUser = new int[itemBound(interactions)];
        Arrays.fill(lastUser, -1);
        List<int[]> rows = new ArrayList<>(users);
        for (int user = 0; user < users; user++) {
            int[] own = byTime(interactions, Arrays.copyOfRange(order, ends[user], ends[user + 1]));
            rows.add(distinctItems(interactions, own, lastUser, user));
        }
        return new UserOrder(interactions, rows);
    }

    private static void countUp(InteractionRows interactions, IntConsumer perRow) {
        for (int row = 0; row < interactions.size(); row++) {
            perRow.accept(row);
        }
    }

    private static int itemBound(InteractionRows interactions) {
        return IntStream.range(0, interactions.size())
                        .map(interactions::item)
                        .max()
                        .orElse(-1)
                + 1;
    }

    /// Sorts rows by time; rows of equal time keep their order.
    private static int[] byTime(InteractionRows interactions, int[] rows) {
        RowTimes times = interactions.times();
        if (IntStream.range(1, rows.length).allMatch(at -> times.compare(rows[at - 1], rows[at]) <= 0)) {
            return rows;
        }
        return Arrays.stream(rows)
                .boxed()
                .sorted(times::compare)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static int[] distinctItems(InteractionRows interactions, int[] own, int[] lastUser, int user) {
        int[] first = new int[own.length];
        int count = 0;
        for (int row : own) {
            int item = interactions.item(row);
            if (lastUser[item] != user) {
                lastUser[item] = user;
                first[count++] = row;
            }
        }
        return Arrays.copyOf(first, count);
    }

    /// Number of interactions.
    int size() {
        return Arrays.stream(counts()).sum();
    }

    /// Returns the times of the oldest interactions of each user, in microseconds since 1970, user by user; empty
    /// unless all interactions have points in time.
    ///
    /// @param counts number of interactions to take of each user
    Optional<long[]> micros(int[] counts) {
        RowTimes times = interactions.times();
        if (!times.pointsInTime()) {
            return Optional.empty();
        }
        return Optional.of(IntStream.range(0, rows.size())
                .flatMap(user -> Arrays.stream(rows.get(user), 0, counts[user]))
                .mapToLong(times::micros)
                .toArray());
    }

    /// Returns the number of interactions of each user.
    int[] counts() {
        return rows.stream().mapToInt(own -> own.length).toArray();
    }

    /// Returns the items of a range of a user's interactions, oldest first.
    ///
    /// @param from position of the first interaction
    /// @param to position after the last interaction
    int[] items(int user, int from, int to) {
        return Arrays.stream(rows.get(user), from, to).map(interactions::item).toArray();
    }

    /// Divides the interactions of every user into older ones for training and newer ones for validation.
    SplitRows split(Split split) {
        int[] trained = trained(split);
        List<String> userIds = new ArrayList<>();
        List<int[]> train = new ArrayList<>();
        List<HeldOutUser> valid = new ArrayList<>();
        for (int user = 0; user < trained.length; user++) {
            if (trained[user] == 0) {
                continue;
            }
            String id = interactions.userIds().get(user);
            int end = rows.get(user).length;
            if (trained[user] < end) {
                valid.add(new HeldOutUser(OptionalInt.of(userIds.size()), id, items(user, trained[user], end)));
            }
            userIds.add(id);
            train.add(items(user, 0, trained[user]));
        }
        return new SplitRows(userIds, train, micros(trained), valid, trained.length - userIds.size());
    }

    /// Number of each user's oldest interactions that are for training.
    private int[] trained(Split split) {
        return switch (split) {
            case Split.LeaveLastOut() ->
                rows.stream().mapToInt(own -> Math.max(1, own.length - 1)).toArray();
            case Split.ByTime(double validShare) -> beforeTheNewest(validShare);
        };
    }

    private int[] beforeTheNewest(double validShare) {
        int[] all = rows.stream().flatMapToInt(Arrays::stream).sorted().toArray();
        int[] byTime = byTime(interactions, all);
        int[] trained = new int[rows.size()];
        long newest = Math.round(validShare * all.length);
        for (int at = 0; at < all.length - newest; at++) {
            trained[interactions.user(byTime[at])]++;
        }
        return trained;
    }

    /// Interactions divided into training and validation.
    ///
    /// @param userIds users with training interactions, by first appearance
    /// @param train items of their training interactions, oldest first
    /// @param trainMicros times of the training interactions, user by user, in microseconds since 1970; empty
    ///     unless all interactions have points in time
    /// @param valid newer items of the same users
    /// @param usersWithoutTrain number of dropped users, all of whose interactions are for validation
    record SplitRows(
            List<String> userIds,
            List<int[]> train,
            Optional<long[]> trainMicros,
            List<HeldOutUser> valid,
            int usersWithoutTrain) {}
}
