package io.diffmm.datasets;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/// The interactions of one file user by user, oldest first, each item once.
///
/// @param userIds by first appearance
/// @param rows each user's items: by timestamp if the file has one, else, and among equals, in the file's order
/// @param duplicates how many later interactions with the same item were dropped
/// @param leftOut how many interactions were left out for their item
record UserRows(List<String> userIds, List<int[]> rows, int duplicates, int leftOut) {

    static UserRows read(Path file, ItemRows itemRows) {
        return group(InteractionRows.read(file, itemRows));
    }

    private static UserRows group(InteractionRows interactions) {
        int users = interactions.userIds().size();
        int[] ends = new int[users + 1]; // ends[u] becomes the end of user u - 1, the start of user u
        countUp(interactions, row -> ends[interactions.user(row) + 1]++);
        Arrays.parallelPrefix(ends, Integer::sum);
        int[] order = new int[interactions.size()]; // rows of the file, user by user
        int[] next = ends.clone();
        countUp(interactions, row -> order[next[interactions.user(row)]++] = row);

        int[] lastUser = new int[itemBound(interactions)];
        Arrays.fill(lastUser, -1);
        List<int[]> rows = new ArrayList<>(users);
        int kept = 0;
        for (int user = 0; user < users; user++) {
            int[] items = distinctItems(interactions, ownRows(interactions, order, ends, user), lastUser, user);
            rows.add(items);
            kept += items.length;
        }
        return new UserRows(
                List.copyOf(interactions.userIds()), rows, interactions.size() - kept, interactions.leftOut());
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

    private static int[] ownRows(InteractionRows interactions, int[] order, int[] ends, int user) {
        int[] own = Arrays.copyOfRange(order, ends[user], ends[user + 1]);
        if (!interactions.timed() || ordered(interactions, own)) {
            return own;
        }
        return Arrays.stream(own)
                .boxed()
                .sorted(interactions::compareTimes) // stable: equal times keep the file's order
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static boolean ordered(InteractionRows interactions, int[] own) {
        return IntStream.range(1, own.length).allMatch(at -> interactions.compareTimes(own[at - 1], own[at]) <= 0);
    }

    private static int[] distinctItems(InteractionRows interactions, int[] own, int[] lastUser, int user) {
        int[] items = new int[own.length];
        int count = 0;
        for (int row : own) {
            int item = interactions.item(row);
            if (lastUser[item] != user) {
                lastUser[item] = user;
                items[count++] = item;
            }
        }
        return Arrays.copyOf(items, count);
    }
}
