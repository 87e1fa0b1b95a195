package io.diffmm.datasets;

import java.nio.file.Path;

/// A file of named columns; its rows stand in the file's order.
sealed interface FileTable extends Table permits CsvTable, ParquetTable {

    Path file();

    /// The error that refuses a row, counted from 0.
    InvalidDatasetException refusal(long row, String cause);
}
