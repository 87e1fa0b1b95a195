package io.diffmm.datasets.reading;

import io.diffmm.datasets.InvalidDatasetException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Rows of named columns, delivered one by one as text.
sealed interface Table permits Table.FileTable, DatabaseTable {

    /// Names of the columns, in the order of the source.
    List<String> columns();

    /// Creates a parser for the values of [InteractionRows#TIMESTAMP] in the form that this table delivers.
    Timestamps timestamps();

    /// Visits all rows in their order.
    ///
    /// @param selected columns to deliver, each one of [#columns()]
    /// @throws InvalidDatasetException if a row is malformed or the visitor rejects it
    void forEach(List<String> selected, RowVisitor visitor);

    /// Creates the error that rejects the columns.
    InvalidDatasetException refusal(String cause);

    /// Returns the name of a required column.
    ///
    /// @param expected columns that the table should have, for the message
    /// @throws InvalidDatasetException if the column is missing or occurs twice
    default String requireColumn(String name, String expected) {
        return findColumn(name)
                .orElseThrow(() -> refusal("the header has no column %s; it must name %s, and is: %s"
                        .formatted(name, expected, String.join(",", columns()))));
    }

    /// Returns the name of an optional column; empty if the table does not have it.
    ///
    /// @throws InvalidDatasetException if the column occurs twice
    default Optional<String> findColumn(String name) {
        if (Collections.frequency(columns(), name) > 1) {
            throw refusal("the header names column %s twice".formatted(name));
        }
        return columns().contains(name) ? Optional.of(name) : Optional.empty();
    }

    /// Table in a file.
    sealed interface FileTable extends Table permits CsvTable, ParquetTable {

        Path file();
    }

    /// Receiver of rows.
    @FunctionalInterface
    interface RowVisitor {

        /// Receives one row.
        ///
        /// @param values values of the selected columns, empty text for missing ones; the array is reused
        ///     for the next row
        /// @throws RowRefusal if the row is invalid
        void visit(String[] values);
    }

    /// Rejects the current row; the table that delivers it adds file and line.
    final class RowRefusal extends RuntimeException {

        private static final long serialVersionUID = 1;

        RowRefusal(String cause) {
            super(cause);
        }
    }
}
