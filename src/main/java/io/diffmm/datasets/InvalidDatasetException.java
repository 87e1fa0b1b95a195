package io.diffmm.datasets;

import java.nio.file.Path;
import java.util.OptionalLong;

/// Thrown when a file of a dataset cannot be used as it is; the message names the file, the line if there is one, and
/// the cause.
///
/// The remedy is always in the file: correct it, or take it away if it is optional.
public final class InvalidDatasetException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient Path file;
    private final transient OptionalLong line;
    private final String reason;

    private InvalidDatasetException(Path file, OptionalLong line, String place, String reason) {
        super("%s: %s".formatted(place, reason));
        this.file = file;
        this.line = line;
        this.reason = reason;
    }

    /// A refusal of a file, or folder, as a whole.
    public static InvalidDatasetException of(Path file, String cause) {
        return new InvalidDatasetException(file, OptionalLong.empty(), file.toString(), cause);
    }

    /// A refusal of one line of a text file, counted from 1.
    public static InvalidDatasetException atLine(Path file, long line, String cause) {
        return new InvalidDatasetException(file, OptionalLong.of(line), "%s, line %d".formatted(file, line), cause);
    }

    /// A refusal of one row of a binary table, counted from 1.
    static InvalidDatasetException atRow(Path file, long row, String cause) {
        return new InvalidDatasetException(file, OptionalLong.of(row), "%s, row %d".formatted(file, row), cause);
    }

    /// The cause alone, without the place.
    public String reason() {
        return reason;
    }

    /// The file at fault.
    public Path file() {
        return file;
    }

    /// The line at fault (of Parquet: the row), counted from 1; empty if the file as a whole is.
    public OptionalLong line() {
        return line;
    }
}
