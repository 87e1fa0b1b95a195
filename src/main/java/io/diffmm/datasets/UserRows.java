package io.diffmm.datasets;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// The interactions of one file user by user, oldest first, each item once.
///
/// @param userIds by first appearance
/// @param rows each user's items: by timestamp if the file has one, else, and among equals, in the file's order
/// @param micros when they happened, user after user, in microseconds since 1970; empty unless the file has points in
/// time
/// @param duplicates how many later interactions with the same item were dropped
/// @param leftOut how many interactions were left out for their item
record UserRows(List<String> userIds, List<int[]> rows, Optional<long[]> micros, int duplicates, int leftOut) {

    /// Reads `file`, CSV or Parquet.
    ///
    /// @throws InvalidDatasetException if a row is malformed, or there are none
    static UserRows read(Path file, ItemRows itemRows) {
        var interactions = new InteractionRows();
        SourceCounts counts = interactions.addFile(Table.open(file), itemRows, TakenBack.nothing());
        UserOrder order = UserOrder.of(interactions);
        List<int[]> rows = IntStream.range(0, order.rows().size())
                .mapToObj(user -> order.items(user, 0, order.rows().get(user).length))
                .toList();
        return new UserRows(
                List.copyOf(interactions.userIds()),
                rows,
                order.micros(order.counts()),
                counts.kept() - order.size(),
                counts.unknownItems());
    }
}
