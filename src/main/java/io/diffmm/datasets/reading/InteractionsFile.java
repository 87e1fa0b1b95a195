package io.diffmm.datasets.reading;

import io.diffmm.datasets.HeldOut;
import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.datasets.reading.InteractionRows.ItemRows;
import io.diffmm.datasets.reading.InteractionRows.SourceCounts;
import io.diffmm.datasets.reading.LiveStore.Tombstones;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Interactions of one file (CSV or Parquet), grouped by user, oldest first, without duplicates.
///
/// Columns: `user_id`, `item_id` and optionally `timestamp`; others are ignored. Interactions of a user are sorted by
/// timestamp, if there is one; those of equal time, or without timestamps, keep the order of the file.
///
/// @param userIds users by first appearance
/// @param rows rows of each user's items
/// @param micros times of the interactions, user by user, in microseconds since 1970; empty unless the file has
///     points in time
/// @param duplicates number of dropped interactions whose user and item occurred earlier
/// @param unknownItems number of dropped interactions whose item is unknown
public record InteractionsFile(
        List<String> userIds, List<int[]> rows, Optional<long[]> micros, int duplicates, int unknownItems) {

    /// Reads `file`.
    ///
    /// @throws InvalidDatasetException if a row is malformed, or there are none
    static InteractionsFile read(Path file, ItemRows itemRows) {
        var interactions = new InteractionRows();
        SourceCounts counts = interactions.addFile(InputFiles.openTable(file), itemRows, Tombstones.none());
        UserOrder order = UserOrder.of(interactions);
        List<int[]> rows = IntStream.range(0, order.rows().size())
                .mapToObj(user -> order.items(user, 0, order.rows().get(user).length))
                .toList();
        return new InteractionsFile(
                List.copyOf(interactions.userIds()),
                rows,
                order.micros(order.counts()),
                counts.kept() - order.size(),
                counts.unknownItems());
    }

    /// Reads held-out interactions; interactions with unknown items are dropped and counted.
    ///
    /// @param userRow row of a user id in the training matrix; users without one are kept, without a row
    /// @throws InvalidDatasetException if the file is invalid
    public static HeldOut heldOut(Path file, Function<String, OptionalInt> userRow, ItemCatalogue items) {
        InteractionsFile read = read(file, items::row);
        List<HeldOutUser> users = new ArrayList<>();
        for (int user = 0; user < read.userIds.size(); user++) {
            String id = read.userIds.get(user);
            users.add(new HeldOutUser(userRow.apply(id), id, read.rows.get(user)));
        }
        return new HeldOut(users, read.duplicates, read.unknownItems, 0);
    }

    /// Reads histories; interactions with unknown items are dropped and counted.
    ///
    /// @param fileOrDirectory interactions file, or a folder, which means its `train` file
    /// @param items known items, for example those of a published model
    /// @throws InvalidDatasetException if the file is invalid
    public static Histories histories(Path fileOrDirectory, ItemCatalogue items) {
        Path file = Files.isDirectory(fileOrDirectory) ? DatasetFiles.train(fileOrDirectory) : fileOrDirectory;
        InteractionsFile read = read(file, items::row);
        Map<String, int[]> byUser = LinkedHashMap.newLinkedHashMap(read.userIds.size());
        for (int user = 0; user < read.userIds.size(); user++) {
            byUser.put(read.userIds.get(user), read.rows.get(user));
        }
        return new Histories(byUser, read.duplicates, read.unknownItems);
    }

    /// Histories of the users of a file.
    ///
    /// @param byUser rows of the items by user id, oldest first, without duplicates, not to be modified; users
    ///     by first appearance, without those who have no known item
    /// @param duplicates number of dropped interactions whose user and item occurred earlier
    /// @param unknownItems number of dropped interactions whose item is not in the catalogue
    public record Histories(Map<String, int[]> byUser, int duplicates, int unknownItems) {

        public Histories {
            byUser = Collections.unmodifiableMap(new LinkedHashMap<>(byUser));
        }

        /// Returns the items of a user, oldest first; none for an unknown user.
        public int[] of(String userId) {
            return byUser.getOrDefault(userId, new int[0]);
        }
    }
}
