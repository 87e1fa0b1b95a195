package io.diffmm.datasets;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// The two-way map between the ids of users or items, opaque strings, and their rows `0 .. size - 1` in every matrix.
public final class IdIndex {

    private final List<String> ids;
    private final Map<String, Integer> rows;

    private IdIndex(List<String> ids, Map<String, Integer> rows) {
        this.ids = ids;
        this.rows = rows;
    }

    /// Indexes `ids`: the row of an id is its place in the list. What is wrong is told by rows: ids may be of users.
    ///
    /// @throws IllegalArgumentException if an id is blank or stands twice
    public static IdIndex of(List<String> ids) {
        Map<String, Integer> rows = HashMap.newHashMap(ids.size());
        for (String id : ids) {
            if (id.isBlank()) {
                throw new IllegalArgumentException("id at row %d is blank".formatted(rows.size()));
            }
            Integer before = rows.putIfAbsent(id, rows.size());
            if (before != null) {
                throw new IllegalArgumentException(
                        "id at row %d is that at row %d again".formatted(rows.size(), before));
            }
        }
        return new IdIndex(List.copyOf(ids), rows);
    }

    public int size() {
        return ids.size();
    }

    /// From row to id.
    public String id(int row) {
        return ids.get(row);
    }

    /// From id to row; empty if the id is unknown.
    public OptionalInt row(String id) {
        Integer row = rows.get(id);
        return row == null ? OptionalInt.empty() : OptionalInt.of(row);
    }

    /// All ids in the order of their rows.
    public List<String> ids() {
        return ids;
    }
}
