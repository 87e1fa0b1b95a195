package io.diffmm.datasets;

import java.nio.file.Path;
import java.util.OptionalLong;

/// Thrown when a file of a dataset, or a store of live interactions, cannot be used as it is; the
/// message names it, the line if there is one, and the cause.
///
/// The remedy is always in the file or the store: correct it, or take it away if it is optional.
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

    /// A refusal of a file, or folder, as a whole.
    public static InvalidDatasetException of(Path file, String cause) {
        return new InvalidDatasetException(file.toString(), OptionalLong.empty(), file.toString(), cause);
    }

    /// A refusal of a store.
    static InvalidDatasetException of(StoreAddress store, String cause) {
        return new InvalidDatasetException(store.toString(), OptionalLong.empty(), store.toString(), cause);
    }

    /// A refusal of one line of a text file, counted from 1.
    public static InvalidDatasetException atLine(Path file, long line, String cause) {
        return new InvalidDatasetException(
                file.toString(), OptionalLong.of(line), "%s, line %d".formatted(file, line), cause);
    }

    /// A refusal of one row of a binary table, counted from 1.
    static InvalidDatasetException atRow(Path file, long row, String cause) {
        return new InvalidDatasetException(
                file.toString(), OptionalLong.of(row), "%s, row %d".formatted(file, row), cause);
    }

    /// The cause alone, without the place.
    public String reason() {
        return reason;
    }

    /// The file at fault, or the store, as [StoreAddress] shows it.
    public String source() {
        return source;
    }

    /// The line at fault (of Parquet: the row), counted from 1; empty if the file as a whole is.
    public OptionalLong line() {
        return line;
    }
}
