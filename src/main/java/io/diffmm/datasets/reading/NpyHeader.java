package io.diffmm.datasets.reading;

import io.diffmm.datasets.InvalidDatasetException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Header of a `.npy` file: type, memory order and shape of its array (NumPy Enhancement Proposal 1, versions 1 to 3).
///
/// File format: `0x93 NUMPY`, major and minor version (1 byte each), length of the header (little-endian, 2 bytes in
/// version 1, 4 bytes in versions 2 and 3), header (a Python dictionary, padded with spaces, ended by a line feed),
/// values.
final class NpyHeader {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int ALIGNMENT = 64; // bytes
    private static final int MAX_LENGTH = 1 << 20; // bytes
    private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
    private static final Pattern FORTRAN = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9,\\s]*)\\)");

    private final String type;
    private final boolean fortranOrder;
    private final long[] shape;

    NpyHeader(String type, boolean fortranOrder, long... shape) {
        this.type = type;
        this.fortranOrder = fortranOrder;
        this.shape = shape.clone();
    }

    /// Type of the values, for example `<f4`.
    String type() {
        return type;
    }

    /// Returns whether the values are stored column by column: the first index varies fastest.
    boolean fortranOrder() {
        return fortranOrder;
    }

    /// Number of dimensions.
    int dimensions() {
        return shape.length;
    }

    /// Returns the length of a dimension.
    long size(int dimension) {
        return shape[dimension];
    }

    /// Reads the header and leaves the channel at the first value.
    ///
    /// @throws InvalidDatasetException if the file does not begin with such a header
    static NpyHeader read(Path file, FileChannel channel) throws IOException {
        ByteBuffer start = readFully(file, channel, MAGIC.length + 2);
        byte[] magic = new byte[MAGIC.length];
        start.get(magic);
        if (!Arrays.equals(magic, MAGIC)) {
            throw InvalidDatasetException.of(file, "is not a .npy file; write it with numpy.save");
        }
        int version = start.get();
        if (version < 1 || version > 3) {
            throw InvalidDatasetException.of(
                    file, "is of .npy version %d; versions 1 to 3 are read".formatted(version));
        }
        ByteBuffer length = readFully(file, channel, version == 1 ? Short.BYTES : Integer.BYTES);
        long bytes = version == 1 ? Short.toUnsignedInt(length.getShort()) : Integer.toUnsignedLong(length.getInt());
        if (bytes > MAX_LENGTH) {
            throw InvalidDatasetException.of(file, "has a header of %d bytes; the file is damaged".formatted(bytes));
        }
        ByteBuffer text = readFully(file, channel, (int) bytes);
        return parse(file, StandardCharsets.UTF_8.decode(text).toString());
    }

    private static ByteBuffer readFully(Path file, FileChannel channel, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw InvalidDatasetException.of(file, "ends within its header; the file is truncated");
            }
        }
        return buffer.flip();
    }

    private static NpyHeader parse(Path file, String text) {
        Matcher type = TYPE.matcher(text);
        Matcher fortran = FORTRAN.matcher(text);
        Matcher shape = SHAPE.matcher(text);
        if (!type.find() || !fortran.find() || !shape.find()) {
            throw InvalidDatasetException.of(
                    file,
                    "has the header %s, which does not describe an array of plain numbers".formatted(text.strip()));
        }
        try {
            long[] sizes = Arrays.stream(shape.group(1).split(","))
                    .map(String::strip)
                    .filter(size -> !size.isEmpty())
                    .mapToLong(Long::parseLong)
                    .toArray();
            return new NpyHeader(type.group(1), fortran.group(1).equals("True"), sizes);
        } catch (NumberFormatException e) {
            throw InvalidDatasetException.of(file, "has the shape (%s), too large to read".formatted(shape.group(1)));
        }
    }

    /// Encodes the header as version 1, padded so that the values are aligned.
    ByteBuffer encode() {
        String sizes = Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
        String text = "{'descr': '%s', 'fortran_order': %s, 'shape': (%s%s), }"
                .formatted(type, fortranOrder ? "True" : "False", sizes, shape.length == 1 ? "," : "");
        int prefix = MAGIC.length + 2 + Short.BYTES;
        int total = Math.ceilDiv(prefix + text.length() + 1, ALIGNMENT) * ALIGNMENT;
        String padded = text + " ".repeat(total - prefix - text.length() - 1) + '\n';
        return ByteBuffer.allocate(total)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) padded.length())
                .put(padded.getBytes(StandardCharsets.US_ASCII))
                .flip();
    }

    /// Binary format of the floating-point values of a file.
    ///
    /// @param bytes size of a value: 2, 4 or 8
    record FloatFormat(int bytes, ByteOrder order) {

        /// Parses a type such as `<f4`.
        ///
        /// @throws InvalidDatasetException if it is not a type of floating-point numbers
        static FloatFormat of(Path file, String type) {
            ByteOrder order = type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
            return switch (type) {
                case "<f2", ">f2" -> new FloatFormat(Short.BYTES, order);
                case "<f4", ">f4" -> new FloatFormat(Float.BYTES, order);
                case "<f8", ">f8" -> new FloatFormat(Double.BYTES, order);
                default ->
                    throw InvalidDatasetException.of(
                            file,
                            "contains values of type %s; features are float16, float32 or float64 (use astype)"
                                    .formatted(type));
            };
        }

        /// Reads the next value.
        double read(ByteBuffer buffer) {
            return switch (bytes) {
                case Short.BYTES -> Float.float16ToFloat(buffer.getShort());
                case Float.BYTES -> buffer.getFloat();
                default -> buffer.getDouble();
            };
        }
    }
}
