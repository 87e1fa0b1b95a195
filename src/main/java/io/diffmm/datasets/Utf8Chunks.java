package io.diffmm.datasets;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Reads a UTF-8 file in chunks, delivering all text before a malformed byte before it speaks of that byte.
final class Utf8Chunks {

    private static final int CHUNK = 1 << 16;

    private Utf8Chunks() {}

    /// Takes text until it has enough.
    interface Sink {

        /// Takes the next chunk; false if no more is wanted.
        boolean accept(CharBuffer chunk);

        /// The error to throw: the byte that follows all text delivered so far is not UTF-8.
        InvalidDatasetException malformed();
    }

    static void read(Path file, Sink sink) {
        try (FileChannel channel = FileChannel.open(file)) {
            read(channel, sink);
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        }
    }

    private static void read(FileChannel channel, Sink sink) throws IOException {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer bytes = ByteBuffer.allocate(CHUNK);
        CharBuffer chars = CharBuffer.allocate(CHUNK);
        boolean ended = false;
        boolean wanted = true;
        while (wanted && !ended) {
            ended = channel.read(bytes) < 0;
            bytes.flip();
            CoderResult result = decoder.decode(bytes, chars, ended);
            bytes.compact();
            chars.flip();
            wanted = sink.accept(chars);
            chars.clear();
            if (wanted && result.isError()) {
                throw sink.malformed();
            }
        }
    }
}
