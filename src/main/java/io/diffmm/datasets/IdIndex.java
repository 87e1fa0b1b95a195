package io.diffmm.datasets;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// Two-way map between the ids of users or items, opaque strings, and their matrix rows `0 .. size - 1`.
public final class IdIndex {

    private final List<String> ids;
    private final Map<String, Integer> rows;

    private IdIndex(List<String> ids, Map<String, Integer> rows) {
        this.ids = ids;
        this.rows = rows;
    }

    /// Creates an index in which the row of an id is its position in `ids`.
    ///
    /// Messages of exceptions name rows, not ids, because an id may identify a person.
    ///
    /// @throws IllegalArgumentException if an id is blank or occurs twice
    public static IdIndex of(List<String> ids) {
        Map<String, Integer> rows = HashMap.newHashMap(ids.size());
        for (String id : ids) {
            if (id.isBlank()) {
                throw new IllegalArgumentException("id at row %d is blank".formatted(rows.size()));
            }
            Integer before = rows.putIfAbsent(id, rows.size());
            if (before != null) {
                throw new IllegalArgumentException(
                        "id at row %d duplicates that at row %d".formatted(rows.size(), before));
            }
        }
        return new IdIndex(List.copyOf(ids), rows);
    }

    public int size() {
        return ids.size();
    }

    /// Returns the id of a row.
    public String id(int row) {
        return ids.get(row);
    }

    /// Returns the row of an id; empty if the id is unknown.
    public OptionalInt row(String id) {
        Integer row = rows.get(id);
        return row == null ? OptionalInt.empty() : OptionalInt.of(row);
    }

    /// All ids, by row.
    public List<String> ids() {
        return ids;
    }
}
