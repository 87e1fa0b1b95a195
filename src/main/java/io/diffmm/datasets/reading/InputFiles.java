package io.diffmm.datasets.reading;

import static java.util.stream.Collectors.joining;

import io.diffmm.datasets.InvalidDatasetException;
import io.diffmm.datasets.reading.Table.FileTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Opens input files; contains the checks and errors that all of them have in common.
final class InputFiles {

    private InputFiles() {}

    /// Opens a table, Parquet if the file's name ends with `.parquet` and CSV otherwise, and reads its columns.
    ///
    /// @throws InvalidDatasetException if the file is missing, unreadable, empty or has an invalid header
    static FileTable openTable(Path file) {
        requireFile(file);
        return file.toString().endsWith(".parquet") ? ParquetTable.open(file) : CsvTable.open(file);
    }

    /// Requires an existing, readable file that is not empty.
    ///
    /// @throws InvalidDatasetException if `file` is not such a file
    static void requireFile(Path file) {
        if (Files.isDirectory(file)) {
            throw InvalidDatasetException.of(file, "is a directory; a file is expected");
        }
        if (!Files.exists(file)) {
            throw InvalidDatasetException.of(file, "there is no such file");
        }
        if (!Files.isReadable(file)) {
            throw InvalidDatasetException.of(file, "is not readable; grant the process read permission");
        }
        if (size(file) == 0) {
            throw InvalidDatasetException.of(file, "is empty");
        }
    }

    /// Returns the size in bytes.
    static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /// Returns the last part of a file's path.
    static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    /// Creates the error of a file that cannot be read, with the first lines of the cause's message.
    static InvalidDatasetException unreadable(Path file, Exception e) {
        String reason = String.valueOf(e.getMessage())
                .lines()
                .filter(line -> !line.isBlank())
                .limit(3)
                .collect(joining("; "));
        var refusal = InvalidDatasetException.of(file, "cannot be read: %s".formatted(reason));
        refusal.initCause(e);
        return refusal;
    }
}
