package io.diffmm.datasets.reading;

import io.diffmm.datasets.InvalidDatasetException;
import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/// Reader of a UTF-8 file that rejects malformed bytes with their line and records the ends of lines.
///
/// Unlike `InputStreamReader` it delivers all text before a malformed byte, so that an earlier error is found first.
/// A byte order mark is skipped. The file is read in chunks; of line ends only the changes are stored.
final class Utf8Lines extends Reader {

    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final int CHUNK = 1 << 16;

    private enum LineEnd {
        LF,
        CRLF,
        CR
    }

    /// First of several lines with the same line ending.
    private record Change(long line, LineEnd end) {}

    private final Path file;
    private final FileChannel channel;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder(); // reports malformed input
    private final ByteBuffer bytes = ByteBuffer.allocate(CHUNK).flip();
    private final CharBuffer chars = CharBuffer.allocate(CHUNK).flip();
    private final Queue<Change> changes = new ArrayDeque<>(); // those not passed by `requireSameEnd`
    private Optional<LineEnd> lastEnd = Optional.empty(); // in the order of reading
    private Optional<LineEnd> checkedEnd = Optional.empty(); // in the order of `requireSameEnd`
    private Optional<LineEnd> expectedEnd = Optional.empty();
    private boolean started;
    private boolean ended; // all bytes have been read
    private boolean carriageReturn; // the last character, which ends a line alone or with a following line feed
    private long line = 1; // of the next character

    Utf8Lines(Path file) throws IOException {
        this.file = file;
        this.channel = FileChannel.open(file);
    }

    @Override
    public int read(char[] target, int offset, int length) throws IOException {
        if (!chars.hasRemaining() && !fill()) {
            return -1;
        }
        int count = Math.min(length, chars.remaining());
        chars.get(target, offset, count);
        return count;
    }

    private boolean fill() throws IOException {
        CoderResult result = decode();
        if (!chars.hasRemaining()) {
            if (result.isError()) {
                throw InvalidDatasetException.atLine(
                        file,
                        line + (carriageReturn ? 1 : 0),
                        "is not UTF-8; save the file in that encoding, with or without a byte order mark");
            }
            if (carriageReturn) {
                carriageReturn = false;
                endLine(LineEnd.CR);
            }
            return false;
        }
        if (!started && chars.charAt(0) == BYTE_ORDER_MARK) {
            chars.get();
        }
        started = true;
        recordLineEnds();
        return chars.hasRemaining() || fill();
    }

    /// Decodes the next text; `chars` stays empty only at the end of the file or at a malformed byte.
    private CoderResult decode() throws IOException {
        chars.clear();
        CoderResult result = decoder.decode(bytes, chars, ended);
        while (chars.position() == 0 && !ended && !result.isError()) {
            bytes.compact();
            ended = channel.read(bytes) < 0;
            bytes.flip();
            result = decoder.decode(bytes, chars, ended);
        }
        chars.flip();
        return result;
    }

    private void recordLineEnds() {
        char[] text = chars.array();
        for (int at = chars.position(); at < chars.limit(); at++) {
            if (text[at] <= '\r' || carriageReturn) {
                recordLineEnd(text[at]);
            }
        }
    }

    private void recordLineEnd(char c) {
        if (carriageReturn) {
            carriageReturn = false;
            endLine(c == '\n' ? LineEnd.CRLF : LineEnd.CR);
        } else if (c == '\n') {
            endLine(LineEnd.LF);
        }
        carriageReturn = c == '\r';
    }

    private void endLine(LineEnd end) {
        if (lastEnd.isEmpty() || lastEnd.get() != end) {
            lastEnd = Optional.of(end);
            changes.add(new Change(line, end));
        }
        line++;
    }

    /// Requires a line to have the ending of the first line checked; a last line without an ending is accepted.
    ///
    /// @param checked number of a line that has been read, from 1; higher than in the call before
    /// @throws InvalidDatasetException if the line has another ending
    void requireSameEnd(long checked) {
        if (checked >= line) {
            return;
        }
        for (Change next = changes.peek(); next != null && next.line() <= checked; next = changes.peek()) {
            checkedEnd = Optional.of(changes.remove().end());
        }
        if (expectedEnd.isEmpty()) {
            expectedEnd = checkedEnd;
        } else if (!expectedEnd.equals(checkedEnd)) {
            throw InvalidDatasetException.atLine(
                    file,
                    checked,
                    "ends with %s, the lines before with %s; end all lines alike"
                            .formatted(checkedEnd.orElseThrow(), expectedEnd.orElseThrow()));
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
