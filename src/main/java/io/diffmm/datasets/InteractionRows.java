package io.diffmm.datasets;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The interactions of one source or several, column by column; rows are numbered source after source,
/// in the order of each.
final class InteractionRows {

    static final String USER_ID = "user_id";
    static final String ITEM_ID = "item_id";
    static final String TIMESTAMP = "timestamp";

    private final Map<String, Integer> userRows = new HashMap<>();
    private final List<String> userIds = new ArrayList<>();
    private final IntList users = new IntList();
    private final IntList items = new IntList();
    private final RowTimes times = new RowTimes();

    /// Adds the rows of a file, but for what does not count any more.
    ///
    /// @throws InvalidDatasetException if a row is malformed, or there are none
    SourceCounts addFile(FileTable table, ItemRows itemRows, TakenBack takenBack) {
        SourceCounts counts = add(table, itemRows, takenBack);
        if (counts.rows() == 0) {
            throw InvalidDatasetException.of(table.file(), "has a header and no interaction");
        }
        return counts;
    }

    /// Adds the rows of a table, but for what does not count any more.
    ///
    /// @throws InvalidDatasetException if a row is malformed
    SourceCounts add(Table table, ItemRows itemRows, TakenBack takenBack) {
        Columns columns = new Columns(table, "%s,%s and optionally %s".formatted(USER_ID, ITEM_ID, TIMESTAMP));
        List<String> wanted = new ArrayList<>(List.of(columns.require(USER_ID), columns.require(ITEM_ID)));
        Optional<Timestamps> timestamps = columns.find(TIMESTAMP).map(_ -> table.timestamps());
        timestamps.ifPresent(_ -> wanted.add(TIMESTAMP));
        var reader = new InteractionRowReader(this, itemRows, takenBack, timestamps);
        times.begin(size(), timestamps);
        table.forEach(wanted, reader);
        times.end(size());
        return reader.counts();
    }

    /// Adds one row, which happened when the source's timestamps have read last.
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

    /// What orders the rows.
    RowTimes times() {
        return times;
    }
}
