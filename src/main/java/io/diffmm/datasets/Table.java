package io.diffmm.datasets;

import java.nio.file.Path;
import java.util.List;

/// A file of named columns, read row by row as text.
sealed interface Table permits CsvTable, ParquetTable {

    /// Opens the file, CSV or Parquet by the end of its name, and checks its form.
    ///
    /// @throws InvalidDatasetException if it is not such a file
    static Table open(Path file) {
        InputFiles.requireFile(file);
        return file.toString().endsWith(".parquet") ? ParquetTable.open(file) : CsvTable.open(file);
    }

    Path file();

    List<String> columns();

    /// Visits all rows in the file's order.
    ///
    /// @param wanted the columns to deliver, each one of [#columns()]
    /// @throws InvalidDatasetException if the file cannot be read to its end or the visitor refuses a row
    void forEach(List<String> wanted, RowVisitor visitor);

    /// The error that refuses a row, counted from 0.
    InvalidDatasetException refusal(long row, String cause);

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
