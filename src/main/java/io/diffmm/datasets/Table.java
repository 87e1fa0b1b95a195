package io.diffmm.datasets;

import java.nio.file.Path;
import java.util.List;

/// Rows of named columns, read one by one as text.
sealed interface Table permits FileTable, DatabaseTable {

    /// Opens a file, CSV or Parquet by the end of its name, and checks its form.
    ///
    /// @throws InvalidDatasetException if it is not such a file
    static FileTable open(Path file) {
        InputFiles.requireFile(file);
        return file.toString().endsWith(".parquet") ? ParquetTable.open(file) : CsvTable.open(file);
    }

    List<String> columns();

    /// Reads the values of [InteractionRows#TIMESTAMP] as they are delivered here.
    Timestamps timestamps();

    /// Visits all rows in their order.
    ///
    /// @param wanted the columns to deliver, each one of [#columns()]
    /// @throws InvalidDatasetException if the rows cannot be read to their end or the visitor refuses
    ///     one
    void forEach(List<String> wanted, RowVisitor visitor);

    /// The error that refuses the columns.
    InvalidDatasetException refusal(String cause);

    /// Takes the rows of a table.
    @FunctionalInterface
    interface RowVisitor {

        /// Takes one row.
        ///
        /// @param values the wanted columns, empty text where nothing stands; the array is used again
        /// @throws RowRefusal if the row cannot be used
        void visit(String[] values);
    }
}
