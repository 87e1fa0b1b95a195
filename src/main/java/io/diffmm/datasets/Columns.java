package io.diffmm.datasets;

import java.util.Collections;
import java.util.Optional;

/// Looks up columns in a table's header.
///
/// @param expected the header that the table should have, for the message
record Columns(Table table, String expected) {

    /// The column, which must be there.
    String require(String name) {
        return find(name)
                .orElseThrow(() -> table.refusal("the header has no column %s; it must name %s, and is: %s"
                        .formatted(name, expected, String.join(",", table.columns()))));
    }

    /// The column, which may be missing but not stand twice.
    Optional<String> find(String name) {
        if (Collections.frequency(table.columns(), name) > 1) {
            throw table.refusal("the header names column %s twice".formatted(name));
        }
        return table.columns().contains(name) ? Optional.of(name) : Optional.empty();
    }
}
