package io.diffmm.artifacts;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One-dimensional int32 arrays in NumPy's format, version 1.0
/// (<https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>).
final class NpyInts {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    private static final int PREFIX = MAGIC.length + 2; // the header's length is two bytes
    private static final int ALIGNMENT = 64;
    private static final int CHUNK = 1 << 16;
    private static final Pattern HEADER =
            Pattern.compile("\\{'descr': '<i4', 'fortran_order': False, 'shape': \\((\\d{1,10}),\\),? *\\} *\\n?");

    private NpyInts() {}

    static void writeInts(Path file, int[] values) throws IOException {
        byte[] header = header(values.length);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            writeFully(channel, ByteBuffer.wrap(header));
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
            for (int at = 0; at < values.length; ) {
                int count = Math.min(CHUNK / Integer.BYTES, values.length - at);
                chunk.clear();
                chunk.asIntBuffer().put(values, at, count);
                writeFully(channel, chunk.limit(count * Integer.BYTES));
                at += count;
            }
        }
    }

    /// Reads what [#writeInts] or `numpy.save` wrote.
    ///
    /// @throws InvalidArtifactException if the file is anything else, or not exactly as long as its header says
    static int[] readInts(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            int headerLength = headerLength(file, channel);
            int length = length(file, read(channel, headerLength));
            long expected = PREFIX + headerLength + (long) length * Integer.BYTES;
            if (channel.size() != expected) {
                throw new InvalidArtifactException(
                        file, "%d bytes long; its header asks for %d".formatted(channel.size(), expected));
            }
            return readValues(channel, length);
        } catch (EOFException e) {
            throw new InvalidArtifactException(file, "ends within its header", e);
        }
    }

    private static int[] readValues(FileChannel channel, int length) throws IOException {
        int[] values = new int[length];
        for (int at = 0; at < length; ) {
            int count = Math.min(CHUNK / Integer.BYTES, length - at);
            read(channel, count * Integer.BYTES).asIntBuffer().get(values, at, count);
            at += count;
        }
        return values;
    }

    private static int headerLength(Path file, FileChannel channel) throws IOException {
        ByteBuffer prefix = read(channel, PREFIX);
        for (byte expected : MAGIC) {
            if (prefix.get() != expected) {
                throw new InvalidArtifactException(file, "not a NumPy file of format 1.0");
            }
        }
        return Short.toUnsignedInt(prefix.getShort());
    }

    private static int length(Path file, ByteBuffer header) {
        String text = StandardCharsets.ISO_8859_1.decode(header).toString();
        Matcher matcher = HEADER.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidArtifactException(file, "not a one-dimensional array of little-endian int32");
        }
        long length = Long.parseLong(matcher.group(1));
        if (length > Integer.MAX_VALUE - 8) {
            throw new InvalidArtifactException(file, "holds %d values, more than can be read".formatted(length));
        }
        return (int) length;
    }

    private static byte[] header(int length) {
        String text = "{'descr': '<i4', 'fortran_order': False, 'shape': (%d,), }".formatted(length);
        int padded = Math.ceilDiv(PREFIX + text.length() + 1, ALIGNMENT) * ALIGNMENT;
        String header = text + " ".repeat(padded - PREFIX - text.length() - 1) + '\n';
        return ByteBuffer.allocate(padded)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .putShort((short) header.length())
                .put(header.getBytes(StandardCharsets.ISO_8859_1))
                .array();
    }

    private static ByteBuffer read(FileChannel channel, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("file ends after %d of %d bytes".formatted(buffer.position(), bytes));
            }
        }
        return buffer.flip();
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
