package io.diffmm.datasets;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/// Interactions user by user, oldest first, each item once, where it comes first: numbers of their
/// rows.
///
/// The arrays are shared, not copied; nobody writes to them.
///
/// @param rows those of each user, in the order of [InteractionRows#userIds()]
record UserOrder(InteractionRows interactions, List<int[]> rows) {

    static UserOrder of(InteractionRows interactions) {
        int users = interactions.userIds().size();
        int[] ends = new int[users + 1]; // ends[u] becomes the end of user u - 1, the start of user u
        countUp(interactions, row -> ends[interactions.user(row) + 1]++);
        Arrays.parallelPrefix(ends, Integer::sum);
        int[] order = new int[interactions.size()]; // numbers of rows, user by user
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

    /// Sorts rows by time; equal times keep the order that the rows are given in.
    static int[] byTime(InteractionRows interactions, int[] rows) {
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

    /// How many interactions there are.
    int size() {
        return Arrays.stream(counts()).sum();
    }

    /// When interactions happened, user after user, in microseconds since 1970; empty unless all are dated by points in
    /// time.
    ///
    /// @param counts how many of each user's interactions, the oldest
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

    /// How many interactions each user has.
    int[] counts() {
        return rows.stream().mapToInt(own -> own.length).toArray();
    }

    /// The items of some of a user's interactions, oldest first.
    ///
    /// @param from position of the first among the user's
    /// @param to position after the last
    int[] items(int user, int from, int to) {
        return Arrays.stream(rows.get(user), from, to).map(interactions::item).toArray();
    }
}
