package io.diffmm.datasets;

import io.diffmm.datasets.CsvForm.LineEnd;
import java.nio.CharBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Walks over a CSV file once: checks its encoding, line ends, quotes and column counts, and knows its true lines.
///
/// A state machine over RFC 4180 text. The values themselves are read by DuckDB, whose rules these are: a quote counts
/// at the start of a value (after spaces), stands doubled within one, and blank lines do not count as rows.
final class CsvScan implements Utf8Chunks.Sink {

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private static final int LONGEST_ROW = 500_000; // characters; DuckDB takes 2,000,000 bytes

    private enum Place {
        VALUE_START,
        PLAIN,
        QUOTED,
        QUOTE_IN_QUOTED,
        AFTER_QUOTED
    }

    private final Path file;
    private final long wantedRow; // stop when this row ends
    private final List<String> header = new ArrayList<>();
    private final StringBuilder headerValue = new StringBuilder();
    private Place place = Place.VALUE_START;
    private Optional<LineEnd> lineEnd = Optional.empty();
    private boolean started;
    private boolean found; // the wanted row ended; its line is `recordLine`
    private boolean headerRead;
    private boolean carriageReturn; // the character before, whose meaning the next one decides
    private boolean quotedLineEnds;
    private int length; // of the record at hand, so far
    private int values = 1; // of the record at hand
    private long rows; // finished ones
    private long line = 1;
    private long recordLine = 1; // where the record at hand begins

    private CsvScan(Path file, long wantedRow) {
        this.file = file;
        this.wantedRow = wantedRow;
    }

    /// Scans a file to its end.
    ///
    /// @throws InvalidDatasetException naming the first line that is not well-formed
    static CsvForm scan(Path file) {
        var scan = new CsvScan(file, Long.MAX_VALUE);
        Utf8Chunks.read(file, scan);
        scan.end();
        return new CsvForm(scan.header, scan.lineEnd.orElse(LineEnd.LF), scan.rows, scan.quotedLineEnds);
    }

    /// The line, counted from 1, on which a row, counted from 0, begins.
    static long lineOf(Path file, long row) {
        var scan = new CsvScan(file, row);
        Utf8Chunks.read(file, scan);
        return scan.recordLine;
    }

    @Override
    public boolean accept(CharBuffer chunk) {
        while (chunk.hasRemaining()) {
            accept(chunk.get());
            if (found) {
                return false;
            }
        }
        return true;
    }

    @Override
    public InvalidDatasetException malformed() {
        return InvalidDatasetException.atLine(
                file, line, "is not UTF-8; save the file in that encoding, with or without a byte order mark");
    }

    private void accept(char c) {
        boolean first = !started;
        started = true;
        if (first && c == BYTE_ORDER_MARK) {
            return;
        }
        if (carriageReturn) {
            carriageReturn = false;
            endLine(c == '\n' ? LineEnd.CRLF : LineEnd.CR);
            if (c == '\n') {
                return;
            }
        }
        switch (c) {
            case '\r' -> carriageReturn = true;
            case '\n' -> endLine(LineEnd.LF);
            default -> step(c);
        }
    }

    private void step(char c) {
        countCharacter();
        place = switch (place) {
            case VALUE_START ->
                switch (c) {
                    case ',' -> endValue();
                    case '"' -> openQuote();
                    case ' ' -> keep(c, Place.VALUE_START);
                    default -> keep(c, Place.PLAIN);
                };
            case PLAIN -> c == ',' ? endValue() : keep(c, Place.PLAIN);
            case QUOTED -> c == '"' ? Place.QUOTE_IN_QUOTED : keep(c, Place.QUOTED);
            case QUOTE_IN_QUOTED -> c == '"' ? keep(c, Place.QUOTED) : afterQuoted(c);
            case AFTER_QUOTED -> afterQuoted(c);
        };
    }

    private void countCharacter() {
        if (++length > LONGEST_ROW) {
            throw refusal("is longer than %d characters; is a quote not closed?".formatted(LONGEST_ROW));
        }
    }

    private Place afterQuoted(char c) {
        return switch (c) {
            case ',' -> endValue();
            case ' ' -> Place.AFTER_QUOTED;
            default ->
                throw refusal("text follows a closing quote; quote the whole value and double the quotes within");
        };
    }

    private Place openQuote() {
        headerValue.setLength(0);
        return Place.QUOTED;
    }

    private Place keep(char c, Place next) {
        if (!headerRead) {
            headerValue.append(c);
        }
        return next;
    }

    private Place endValue() {
        values++;
        endHeaderValue();
        return Place.VALUE_START;
    }

    private void endHeaderValue() {
        if (!headerRead) {
            header.add(headerValue.toString());
            headerValue.setLength(0);
        }
    }

    private void endLine(LineEnd found) {
        line++;
        if (place == Place.QUOTED) {
            quotedLineEnds = true;
            countCharacter();
            keep('\n', Place.QUOTED);
            return;
        }
        if (found != lineEnd.orElse(found)) {
            throw InvalidDatasetException.atLine(
                    file,
                    line - 1,
                    "ends with %s, the lines before with %s; let all lines end alike"
                            .formatted(found, lineEnd.orElseThrow()));
        }
        lineEnd = Optional.of(found);
        endRecord();
    }

    private void endRecord() {
        if (!headerRead) {
            if (length == 0) {
                throw refusal("is blank; the first line must be the header");
            }
            endHeaderValue();
            headerRead = true;
        } else if (length > 0 || header.size() == 1) {
            if (rows == wantedRow) {
                found = true;
                return;
            }
            requireAllValues();
            rows++;
        }
        length = 0;
        values = 1;
        place = Place.VALUE_START;
        recordLine = line;
    }

    private void requireAllValues() {
        if (values != header.size()) {
            throw refusal("has %d values, the header names %d columns".formatted(values, header.size()));
        }
    }

    private void end() {
        if (carriageReturn) {
            carriageReturn = false;
            endLine(LineEnd.CR);
        }
        if (place == Place.QUOTED) {
            throw refusal("a quote is opened and never closed");
        }
        if (length > 0) {
            endRecord();
        }
    }

    private InvalidDatasetException refusal(String cause) {
        return InvalidDatasetException.atLine(file, recordLine, cause);
    }
}
