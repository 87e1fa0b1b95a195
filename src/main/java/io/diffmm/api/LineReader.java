package io.diffmm.api;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// Lines of a stream as bytes, none longer than allowed, however long they are.
final class LineReader {

    private static final int CHUNK = 1 << 16;
    private static final byte LINE_FEED = '\n';
    private static final byte CARRIAGE_RETURN = '\r';

    private final InputStream stream;
    private final byte[] line;
    private final int longest;
    private final byte[] chunk = new byte[CHUNK];
    private int at;
    private int end;
    private int length;
    private boolean tooLong;

    /// @param longest bytes of a line, without its end
    LineReader(InputStream stream, int longest) {
        this.stream = stream;
        this.line = new byte[longest + 1]; // and a carriage return
        this.longest = longest;
    }

    /// Goes on to the next line.
    ///
    /// @return false if there is none
    boolean next() throws IOException {
        length = 0;
        tooLong = false;
        boolean any = false;
        while (at < end || fill()) {
            any = true;
            int stop = at;
            while (stop < end && chunk[stop] != LINE_FEED) {
                stop++;
            }
            append(stop);
            boolean ended = stop < end;
            at = ended ? stop + 1 : stop;
            if (ended) {
                break;
            }
        }
        if (length > 0 && line[length - 1] == CARRIAGE_RETURN) {
            length--;
        }
        tooLong |= length > longest;
        length = Math.min(length, longest);
        return any;
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, stream.read(chunk));
        return end > 0;
    }

    private void append(int stop) {
        int count = Math.min(stop - at, line.length - length);
        System.arraycopy(chunk, at, line, length, count);
        length += count;
        tooLong |= count < stop - at;
    }

    /// The present line, in its first [#length] bytes; used again for the next.
    byte[] bytes() {
        return line;
    }

    /// The most bytes of a line.
    int longest() {
        return longest;
    }

    int length() {
        return length;
    }

    /// Whether the line is longer than allowed; its bytes are its beginning then.
    boolean tooLong() {
        return tooLong;
    }

    /// Whether nothing stands in the line but spaces.
    boolean isBlank() {
        for (byte character : Arrays.copyOf(line, length)) {
            if (character != ' ' && character != '\t') {
                return false;
            }
        }
        return true;
    }
}
