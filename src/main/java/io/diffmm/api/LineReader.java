package io.diffmm.api;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// Splits a stream into lines of bytes with bounded memory: a longer line is truncated and marked as too long.
///
/// Accepts `\n` and `\r\n` as line ends. Not thread-safe.
final class LineReader {

    private static final int CHUNK_BYTES = 1 << 16;
    private static final byte LINE_FEED = '\n';
    private static final byte CARRIAGE_RETURN = '\r';

    private final InputStream stream;
    private final byte[] line;
    private final int maxLength;
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private int position;
    private int end;
    private int length;
    private boolean tooLong;

    /// @param maxLength maximum length of a line in bytes, without its end
    LineReader(InputStream stream, int maxLength) {
        this.stream = stream;
        this.line = new byte[maxLength + 1]; // with a carriage return
        this.maxLength = maxLength;
    }

    /// Reads the next line.
    ///
    /// @return false at the end of the stream
    boolean next() throws IOException {
        length = 0;
        tooLong = false;
        boolean any = false;
        while (position < end || fill()) {
            any = true;
            int stop = position;
            while (stop < end && chunk[stop] != LINE_FEED) {
                stop++;
            }
            append(stop);
            boolean ended = stop < end;
            position = ended ? stop + 1 : stop;
            if (ended) {
                break;
            }
        }
        if (length > 0 && line[length - 1] == CARRIAGE_RETURN) {
            length--;
        }
        tooLong |= length > maxLength;
        length = Math.min(length, maxLength);
        return any;
    }

    private boolean fill() throws IOException {
        position = 0;
        end = Math.max(0, stream.read(chunk));
        return end > 0;
    }

    private void append(int stop) {
        int count = Math.min(stop - position, line.length - length);
        System.arraycopy(chunk, position, line, length, count);
        length += count;
        tooLong |= count < stop - position;
    }

    /// Returns the buffer whose first [#length] bytes are the current line. The next call of [#next] overwrites it.
    byte[] bytes() {
        return line;
    }

    int maxLength() {
        return maxLength;
    }

    int length() {
        return length;
    }

    /// Returns true if the current line is longer than the maximum; [#bytes] then contains its beginning.
    boolean tooLong() {
        return tooLong;
    }

    /// Returns true if the current line contains only spaces and tabs.
    boolean isBlank() {
        for (byte character : Arrays.copyOf(line, length)) {
            if (character != ' ' && character != '\t') {
                return false;
            }
        }
        return true;
    }
}
