package io.diffmm.datasets;

import java.nio.file.Path;
import java.util.OptionalLong;

/// Thrown when a file of a dataset, or a database of live interactions, is invalid; the message names the source, the
/// line if there is one, and the cause.
///
/// The remedy is always in the source: correct it, or remove it if it is optional.
public final class InvalidDatasetException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String source;
    private final transient OptionalLong line;
    private final String reason;

    private InvalidDatasetException(String source, OptionalLong line, String place, String reason) {
        super("%s: %s".formatted(place, reason));
        this.source = source;
        this.line = line;
        this.reason = reason;
    }

    /// Rejects a file or folder as a whole.
    public static InvalidDatasetException of(Path file, String cause) {
        return ofSource(file.toString(), cause);
    }

    /// Rejects a source that is not a file.
    ///
    /// @param source address of a database, without credentials
    public static InvalidDatasetException ofSource(String source, String cause) {
        return new InvalidDatasetException(source, OptionalLong.empty(), source, cause);
    }

    /// Rejects one line of a text file.
    ///
    /// @param line number of the line, from 1
    public static InvalidDatasetException atLine(Path file, long line, String cause) {
        return new InvalidDatasetException(
                file.toString(), OptionalLong.of(line), "%s, line %d".formatted(file, line), cause);
    }

    /// Rejects one row of a binary table.
    ///
    /// @param row number of the row, from 1
    public static InvalidDatasetException atRow(Path file, long row, String cause) {
        return new InvalidDatasetException(
                file.toString(), OptionalLong.of(row), "%s, row %d".formatted(file, row), cause);
    }

    /// Cause alone, without source and line.
    public String reason() {
        return reason;
    }

    /// Invalid file or database.
    public String source() {
        return source;
    }

    /// Number of the invalid line (of Parquet: row), from 1; empty if the source is invalid as a whole.
    public OptionalLong line() {
        return line;
    }
}
