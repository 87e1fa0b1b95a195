package io.diffmm.datasets;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// The interactions of one file, column by column, in the file's order.
final class InteractionRows {

    static final String USER_ID = "user_id";
    static final String ITEM_ID = "item_id";
    static final String TIMESTAMP = "timestamp";

    private final ItemRows itemRows;
    private final Map<String, Integer> userRows = new HashMap<>();
    private final List<String> userIds = new ArrayList<>();
    private final TimestampParser timestamps = new TimestampParser();
    private final IntList users = new IntList();
    private final IntList items = new IntList();
    private final LongList wholes = new LongList(); // of the timestamps, empty if the file has none
    private final IntList billionths = new IntList();
    private int leftOut;

    private InteractionRows(ItemRows itemRows) {
        this.itemRows = itemRows;
    }

    /// Reads `file`, CSV or Parquet.
    ///
    /// @throws InvalidDatasetException if a row is malformed, or there are none
    static InteractionRows read(Path file, ItemRows itemRows) {
        Table table = Table.open(file);
        var rows = new InteractionRows(itemRows);
        table.forEach(wantedColumns(table), rows::add);
        if (rows.size() == 0 && rows.leftOut == 0) {
            throw InvalidDatasetException.of(file, "has a header and no interaction");
        }
        return rows;
    }

    private static List<String> wantedColumns(Table table) {
        Columns columns = new Columns(table, "%s,%s and optionally %s".formatted(USER_ID, ITEM_ID, TIMESTAMP));
        List<String> wanted = new ArrayList<>(List.of(columns.require(USER_ID), columns.require(ITEM_ID)));
        columns.find(TIMESTAMP).ifPresent(wanted::add);
        return wanted;
    }

    private void add(String[] values) {
        String userId = requireId(USER_ID, values[0]);
        String itemId = requireId(ITEM_ID, values[1]);
        if (values.length > 2) {
            timestamps.parse(values[2]);
        }
        OptionalInt item = itemRows.row(itemId);
        if (item.isEmpty()) {
            leftOut++;
            return;
        }
        users.add(userRow(userId));
        items.add(item.getAsInt());
        if (values.length > 2) {
            wholes.add(timestamps.whole());
            billionths.add(timestamps.billionths());
        }
    }

    private int userRow(String userId) {
        Integer known = userRows.putIfAbsent(userId, userIds.size());
        if (known != null) {
            return known;
        }
        userIds.add(userId);
        return userIds.size() - 1;
    }

    static String requireId(String column, String id) {
        if (id.isBlank()) {
            throw new RowRefusal("%s is empty; every row needs one".formatted(column));
        }
        return id;
    }

    int size() {
        return users.size();
    }

    /// The users that have interactions here, by first appearance.
    List<String> userIds() {
        return userIds;
    }

    /// The user's place in [#userIds()].
    int user(int row) {
        return users.get(row);
    }

    int item(int row) {
        return items.get(row);
    }

    /// How many rows were left out, their item being none of those known.
    int leftOut() {
        return leftOut;
    }

    boolean timed() {
        return wholes.size() > 0;
    }

    /// Compares the timestamps of two rows.
    int compareTimes(int left, int right) {
        int byWhole = Long.compare(wholes.get(left), wholes.get(right));
        return byWhole != 0 ? byWhole : Integer.compare(billionths.get(left), billionths.get(right));
    }
}
