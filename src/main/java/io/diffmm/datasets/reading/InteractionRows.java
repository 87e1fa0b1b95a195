package io.diffmm.datasets.reading;

import io.diffmm.datasets.InvalidDatasetException;
import io.diffmm.datasets.reading.LiveStore.Tombstones;
import io.diffmm.datasets.reading.PrimitiveLists.IntList;
import io.diffmm.datasets.reading.Table.FileTable;
import io.diffmm.datasets.reading.Table.RowRefusal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Interactions of one or several sources, column by column; rows are numbered source after source, in the order of
/// each source.
final class InteractionRows {

    static final String USER_ID = "user_id";
    static final String ITEM_ID = "item_id";
    static final String TIMESTAMP = "timestamp";

    private static final String HEADER = "%s,%s and optionally %s".formatted(USER_ID, ITEM_ID, TIMESTAMP);

    private final Map<String, Integer> userRows = new HashMap<>();
    private final List<String> userIds = new ArrayList<>();
    private final IntList users = new IntList();
    private final IntList items = new IntList();
    private final RowTimes times = new RowTimes();

    /// Adds the valid rows of a file.
    ///
    /// @param tombstones removed interactions and erased users, whose rows are dropped
    /// @throws InvalidDatasetException if a row is malformed, or there are none
    SourceCounts addFile(FileTable table, ItemRows itemRows, Tombstones tombstones) {
        SourceCounts counts = add(table, itemRows, tombstones);
        if (counts.rows() == 0) {
            throw InvalidDatasetException.of(table.file(), "has a header but no interactions");
        }
        return counts;
    }

    /// Adds the valid rows of a table.
    ///
    /// @param tombstones removed interactions and erased users, whose rows are dropped
    /// @throws InvalidDatasetException if a row is malformed
    SourceCounts add(Table table, ItemRows itemRows, Tombstones tombstones) {
        List<String> selected =
                new ArrayList<>(List.of(table.requireColumn(USER_ID, HEADER), table.requireColumn(ITEM_ID, HEADER)));
        Optional<Timestamps> timestamps = table.findColumn(TIMESTAMP).map(_ -> table.timestamps());
        timestamps.ifPresent(_ -> selected.add(TIMESTAMP));
        var source = new Source(itemRows, tombstones, timestamps);
        times.begin(size(), timestamps);
        table.forEach(selected, source);
        times.end(size());
        return source.counts();
    }

    /// Adds one row with the time that the source's timestamps have parsed last.
    void add(String userId, int item) {
        users.add(userRow(userId));
        items.add(item);
        times.add();
    }

    private int userRow(String userId) {
        Integer known = userRows.putIfAbsent(userId, userIds.size());
        if (known != null) {
            return known;
        }
        userIds.add(userId);
        return userIds.size() - 1;
    }

    /// Returns `id`.
    ///
    /// @throws RowRefusal if it is blank
    static String requireId(String column, String id) {
        if (id.isBlank()) {
            throw new RowRefusal("%s is empty; every row needs one".formatted(column));
        }
        return id;
    }

    /// Number of rows.
    int size() {
        return users.size();
    }

    /// Users with rows here, by first appearance.
    List<String> userIds() {
        return userIds;
    }

    /// Returns the position of a row's user in [#userIds()].
    int user(int row) {
        return users.get(row);
    }

    /// Returns the catalogue row of a row's item.
    int item(int row) {
        return items.get(row);
    }

    /// Times of the rows.
    RowTimes times() {
        return times;
    }

    /// Assigns catalogue rows to the item ids of an interactions file.
    @FunctionalInterface
    interface ItemRows {

        /// Returns the item's row; empty if the interaction is to be dropped.
        ///
        /// @throws RowRefusal if a file with this item is invalid
        OptionalInt row(String itemId);
    }

    /// Numbers of interactions of a source, by outcome.
    ///
    /// @param kept used
    /// @param unknownItems dropped because the item is unknown
    /// @param removed dropped because the user has removed the interaction
    /// @param erased dropped because the user has been erased
    record SourceCounts(int kept, int unknownItems, int removed, int erased) {

        static final SourceCounts NONE = new SourceCounts(0, 0, 0, 0);

        /// Number of all interactions of the source.
        int rows() {
            return kept + unknownItems + removed + erased;
        }

        SourceCounts plus(SourceCounts other) {
            return new SourceCounts(
                    kept + other.kept,
                    unknownItems + other.unknownItems,
                    removed + other.removed,
                    erased + other.erased);
        }
    }

    /// Visitor that adds the rows of one source: user, item and, if the source has timestamps, time.
    private final class Source implements Table.RowVisitor {

        private final ItemRows itemRows;
        private final Tombstones tombstones;
        private final Optional<Timestamps> timestamps;
        private final int before = size();
        private int unknownItems;
        private int removed;
        private int erased;

        Source(ItemRows itemRows, Tombstones tombstones, Optional<Timestamps> timestamps) {
            this.itemRows = itemRows;
            this.tombstones = tombstones;
            this.timestamps = timestamps;
        }

        @Override
        public void visit(String[] values) {
            String userId = requireId(USER_ID, values[0]);
            String itemId = requireId(ITEM_ID, values[1]);
            timestamps.ifPresent(timestamp -> timestamp.parse(values[2]));
            if (tombstones.erased(userId)) {
                erased++;
            } else if (tombstones.removed(userId, itemId)) {
                removed++;
            } else {
                addKnown(userId, itemRows.row(itemId));
            }
        }

        private void addKnown(String userId, OptionalInt item) {
            if (item.isEmpty()) {
                unknownItems++;
            } else {
                add(userId, item.getAsInt());
            }
        }

        SourceCounts counts() {
            return new SourceCounts(size() - before, unknownItems, removed, erased);
        }
    }
}
