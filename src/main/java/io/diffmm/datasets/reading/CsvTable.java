package io.diffmm.datasets.reading;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.RecordType;
import io.diffmm.datasets.InvalidDatasetException;
import io.diffmm.datasets.reading.Table.FileTable;
import io.diffmm.datasets.reading.Table.RowRefusal;
import io.diffmm.datasets.reading.Table.RowVisitor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// CSV file (RFC 4180), read in one pass; every error names the line.
///
/// Format: UTF-8 with or without a byte order mark; the first line is the header; values are separated by commas; a
/// value may be quoted with `"`, which is doubled within; spaces around the quotes are ignored, other spaces belong to
/// the value; all lines end alike, with LF, CRLF or CR; blank lines are skipped, but are rows of a single empty value
/// if there is only one column; a row has as many values as the header and at most [#MAX_ROW_LENGTH] characters.
final class CsvTable implements FileTable {

    private static final int MAX_ROW_LENGTH = 500_000;

    private final Path file;
    private final List<String> columns;

    private CsvTable(Path file, List<String> columns) {
        this.file = file;
        this.columns = List.copyOf(columns);
    }

    /// Reads the header of a file.
    ///
    /// @throws InvalidDatasetException if the header is malformed
    static CsvTable open(Path file) {
        List<String> header = new ArrayList<>();
        read(file, List.of(), (rows, iterator) -> {
            if (iterator.hasNext()) {
                header.addAll(rows.header);
            }
        });
        return new CsvTable(file, header);
    }

    @Override
    public Path file() {
        return file;
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public Timestamps timestamps() {
        return new Timestamps.Text();
    }

    @Override
    public void forEach(List<String> selected, RowVisitor visitor) {
        read(file, selected, (rows, iterator) -> {
            if (iterator.hasNext()) {
                iterator.next(); // the header
            }
            while (iterator.hasNext()) {
                visitor.visit(iterator.next());
            }
        });
    }

    @Override
    public InvalidDatasetException refusal(String cause) {
        return InvalidDatasetException.atLine(file, 1, cause);
    }

    /// Opens a file, calls `consumer` and translates errors.
    private static void read(Path file, List<String> selected, RowConsumer consumer) {
        try (var lines = new Utf8Lines(file)) {
            var rows = new Rows(file, selected, lines);
            try (CsvReader<String[]> reader = CsvReader.builder()
                    .skipEmptyLines(false)
                    .allowUnclosedQuote(false)
                    .trimWhitespacesAroundQuotes(true)
                    .maxBufferSize(MAX_ROW_LENGTH)
                    .build(rows, lines)) {
                consumer.accept(rows, reader.iterator());
            } catch (RowRefusal e) {
                throw rows.refusal(String.valueOf(e.getMessage()));
            } catch (CsvParseException e) {
                throw rows.refusal(e);
            }
        } catch (IOException | UncheckedIOException e) {
            throw InputFiles.unreadable(file, e);
        }
    }

    /// Consumer of the rows of a file, the header first.
    private interface RowConsumer {

        void accept(Rows rows, Iterator<String[]> iterator);
    }

    /// Receives the values of FastCSV and builds one row at a time, in an array that is reused.
    private static final class Rows extends AbstractBaseCsvCallbackHandler<String[]> {

        private final Path file;
        private final List<String> selected;
        private final Utf8Lines lines;
        private final List<String> header = new ArrayList<>();
        private final String[] values; // [selected]
        private int[] places = {}; // [columns], of each column in `values`; -1 if it is not selected
        private int length; // characters of the current row

        Rows(Path file, List<String> selected, Utf8Lines lines) {
            this.file = file;
            this.selected = selected;
            this.lines = lines;
            this.values = new String[selected.size()];
        }

        @Override
        protected void handleBegin(long line) {
            if (line > 1) {
                lines.requireSameEnd(line - 1);
            }
            length = 0;
        }

        @Override
        protected void handleField(int column, char[] buffer, int offset, int size, boolean quoted) {
            length += size + 1;
            if (length > MAX_ROW_LENGTH) {
                throw tooLong();
            }
            if (isHeader()) {
                header.add(new String(buffer, offset, size));
            } else if (column < places.length && places[column] >= 0) {
                values[places[column]] = new String(buffer, offset, size);
            }
        }

        @Override
        protected String @Nullable [] buildRecord() {
            boolean blank = getRecordType() == RecordType.EMPTY;
            if (isHeader()) {
                if (blank) {
                    throw refusal("is blank; the first line must be the header");
                }
                places = header.stream().mapToInt(selected::indexOf).toArray();
                return values;
            }
            if (blank) {
                return blankRow();
            }
            if (getFieldCount() != header.size()) {
                throw refusal("has %d values, the header names %d columns".formatted(getFieldCount(), header.size()));
            }
            return values;
        }

        /// Returns null, which makes FastCSV skip the line, unless there is only one column.
        private String @Nullable [] blankRow() {
            if (header.size() > 1) {
                return null;
            }
            Arrays.fill(values, "");
            return values;
        }

        private boolean isHeader() {
            return getStartingLineNumber() == 1;
        }

        private InvalidDatasetException tooLong() {
            return refusal("is longer than %d characters; is a quoted value not closed?".formatted(MAX_ROW_LENGTH));
        }

        /// Creates the error that rejects the current row.
        InvalidDatasetException refusal(String cause) {
            return InvalidDatasetException.atLine(file, getStartingLineNumber(), cause);
        }

        /// Translates an error of FastCSV, which has no types for the kinds of errors; tests pin its messages.
        InvalidDatasetException refusal(CsvParseException e) {
            String message = String.valueOf(e.getMessage());
            if (e.getCause() instanceof InvalidDatasetException refusal) { // thrown by this handler or the reader
                return refusal;
            }
            if (message.startsWith("The maximum buffer size")) {
                return tooLong();
            }
            if (message.startsWith("Unclosed quoted field")) {
                return refusal("a quoted value is not closed");
            }
            if (message.startsWith("Unexpected character after closing quote")) {
                return refusal("text follows a closing quote; quote the whole value and double the quotes within");
            }
            return refusal(message);
        }
    }
}
