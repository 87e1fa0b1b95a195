package io.diffmm.datasets.reading;

import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.InvalidDatasetException;
import io.diffmm.datasets.reading.NpyHeader.FloatFormat;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Reader and writer of NumPy's `.npy` files: features (two dimensions, floating-point numbers), items and times (one
/// dimension, int32 and int64).
public final class NpyFile {

    /// End of the file names.
    public static final String EXTENSION = ".npy";

    private static final String INT32 = "<i4";
    private static final String INT64 = "<i8";
    private static final int CHUNK = 1 << 16; // bytes, a multiple of every value's size

    private NpyFile() {}

    /// Reads features; the modality is the file's name without `.npy`.
    ///
    /// The values may be float16, float32 or float64 of either byte order, stored row by row or column by column.
    ///
    /// @throws InvalidDatasetException if the file has another format, the name contains `#`, or a value is
    ///     not a finite float32
    public static FeatureMatrix readFeatures(Path file) {
        InputFiles.requireFile(file);
        String modality = modality(file);
        try (FileChannel channel = FileChannel.open(file)) {
            NpyHeader header = NpyHeader.read(file, channel);
            requireTwoDimensions(file, header);
            FloatFormat format = FloatFormat.of(file, header.type());
            requireSize(file, channel, header, format.bytes());
            int rows = (int) header.size(0);
            int columns = (int) header.size(1);
            float[] values = new float[rows * columns];
            readValues(channel, format.order(), values.length, format.bytes(), (buffer, index) -> {
                int at = header.fortranOrder() ? index % rows * columns + index / rows : index;
                double value = format.read(buffer);
                values[at] = (float) value;
                requireFinite(file, value, at, columns);
            });
            return new FeatureMatrix(modality, rows, columns, values);
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        }
    }

    /// Reads a one-dimensional array of int32, the format of [#writeInts(Path, int\[\])].
    ///
    /// @throws InvalidDatasetException if the file has another format
    public static int[] readInts(Path file) {
        InputFiles.requireFile(file);
        try (FileChannel channel = FileChannel.open(file)) {
            int[] values = new int[oneDimension(file, channel, INT32, Integer.BYTES)];
            readValues(
                    channel,
                    ByteOrder.LITTLE_ENDIAN,
                    values.length,
                    Integer.BYTES,
                    (buffer, index) -> values[index] = buffer.getInt());
            return values;
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        }
    }

    /// Reads a one-dimensional array of int64, the format of [#writeLongs(Path, long\[\])].
    ///
    /// @throws InvalidDatasetException if the file has another format
    public static long[] readLongs(Path file) {
        InputFiles.requireFile(file);
        try (FileChannel channel = FileChannel.open(file)) {
            long[] values = new long[oneDimension(file, channel, INT64, Long.BYTES)];
            readValues(
                    channel,
                    ByteOrder.LITTLE_ENDIAN,
                    values.length,
                    Long.BYTES,
                    (buffer, index) -> values[index] = buffer.getLong());
            return values;
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        }
    }

    /// Reads the header of a one-dimensional array and returns the array's length.
    private static int oneDimension(Path file, FileChannel channel, String type, int bytes) throws IOException {
        NpyHeader header = NpyHeader.read(file, channel);
        if (!header.type().equals(type) || header.dimensions() != 1) {
            throw InvalidDatasetException.of(
                    file,
                    "contains values of type %s in %d dimensions; one dimension of %s is expected"
                            .formatted(header.type(), header.dimensions(), type));
        }
        requireSize(file, channel, header, bytes);
        return (int) header.size(0);
    }

    /// Writes a one-dimensional array of int32.
    public static void writeInts(Path file, int[] values) {
        var header = new NpyHeader(INT32, false, values.length);
        write(file, header, values.length, Integer.BYTES, (buffer, index) -> buffer.putInt(values[index]));
    }

    /// Writes a one-dimensional array of int64.
    public static void writeLongs(Path file, long[] values) {
        var header = new NpyHeader(INT64, false, values.length);
        write(file, header, values.length, Long.BYTES, (buffer, index) -> buffer.putLong(values[index]));
    }

    /// Writes features as float32.
    public static void writeFloat32(Path file, FeatureMatrix features) {
        float[] values = features.values();
        var header = new NpyHeader("<f4", false, features.rows(), features.columns());
        write(file, header, values.length, Float.BYTES, (buffer, index) -> buffer.putFloat(values[index]));
    }

    /// Writes features as float16, each value rounded to the nearest representable one.
    public static void writeFloat16(Path file, FeatureMatrix features) {
        float[] values = features.values();
        var header = new NpyHeader("<f2", false, features.rows(), features.columns());
        write(
                file,
                header,
                values.length,
                Short.BYTES,
                (buffer, index) -> buffer.putShort(Float.floatToFloat16(values[index])));
    }

    /// Returns the name of the modality. A view is named after it, and `#2` is added to the second view of
    /// a name.
    private static String modality(Path file) {
        String name = InputFiles.name(file);
        if (name.indexOf('#') >= 0) {
            throw InvalidDatasetException.of(
                    file, "has a '#' in its name, which separates the seeds of an ensemble; rename the file");
        }
        return name.endsWith(EXTENSION) ? name.substring(0, name.length() - EXTENSION.length()) : name;
    }

    private static void requireTwoDimensions(Path file, NpyHeader header) {
        if (header.dimensions() != 2) {
            throw InvalidDatasetException.of(
                    file, "has %d dimensions; features have two, items x columns".formatted(header.dimensions()));
        }
        if (header.size(0) == 0 || header.size(1) == 0) {
            throw InvalidDatasetException.of(
                    file,
                    "contains %d x %d values; features have at least one row and one column"
                            .formatted(header.size(0), header.size(1)));
        }
    }

    private static void requireSize(Path file, FileChannel channel, NpyHeader header, int bytes) throws IOException {
        long values = 1;
        for (int dimension = 0; dimension < header.dimensions(); dimension++) {
            values = Math.multiplyHigh(values, header.size(dimension)) == 0 ? values * header.size(dimension) : -1;
            if (values < 0 || values > Integer.MAX_VALUE - 8) {
                throw InvalidDatasetException.of(
                        file, "contains more than 2^31 values, which exceeds the limit of an array");
            }
        }
        long found = channel.size() - channel.position();
        if (found != values * bytes) {
            throw InvalidDatasetException.of(
                    file,
                    "contains %d bytes of values, but its header declares %d; the file is truncated or damaged"
                            .formatted(found, values * bytes));
        }
    }

    private static void requireFinite(Path file, double value, int at, int columns) {
        if (!Float.isFinite((float) value)) {
            throw InvalidDatasetException.of(
                    file,
                    "the value in row %d, column %d (counted from 0) is %s; features must be finite float32 numbers"
                            .formatted(at / columns, at % columns, value));
        }
    }

    /// Transfer of one value between the buffer's position and an index of an array.
    @FunctionalInterface
    private interface ValueMover {
        void move(ByteBuffer buffer, int index);
    }

    private static void readValues(FileChannel channel, ByteOrder order, int count, int bytes, ValueMover mover)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK).order(order);
        int index = 0;
        while (index < count) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the file became shorter while it was read");
            }
            buffer.flip();
            while (buffer.remaining() >= bytes && index < count) {
                mover.move(buffer, index++);
            }
            buffer.compact();
        }
    }

    private static void write(Path file, NpyHeader header, int count, int bytes, ValueMover mover) {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            writeFully(channel, header.encode());
            ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
            for (int index = 0; index < count; index++) {
                mover.move(buffer, index);
                if (buffer.remaining() < bytes || index == count - 1) {
                    writeFully(channel, buffer.flip());
                    buffer.clear();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("%s cannot be written".formatted(file), e);
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
