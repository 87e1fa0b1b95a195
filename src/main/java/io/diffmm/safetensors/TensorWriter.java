package io.diffmm.safetensors;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Writer of safetensors files of any size, with one row in memory at a time.
///
/// [Tensors#write] writes native arrays, each copied as a whole.
public final class TensorWriter {

    private static final int BUFFER = 1 << 16;
    private static final int ALIGNMENT = 8;

    private TensorWriter() {}

    /// An array written row by row, so that it need not be in memory as a whole.
    public sealed interface TensorSource {

        /// Name in the file.
        String name();

        /// Dimensions, one or two.
        List<Integer> shape();

        /// Float32 numbers.
        ///
        /// @param rows source of one row after the other; an array of one dimension is one row
        record Floats(String name, List<Integer> shape, Rows rows) implements TensorSource {

            public Floats {
                shape = List.copyOf(shape);
            }
        }

        /// Int32 numbers, an array of one dimension.
        ///
        /// @param values source of the numbers
        record Ints(String name, int size, Values values) implements TensorSource {

            @Override
            public List<Integer> shape() {
                return List.of(size);
            }
        }

        /// Source of the rows of an array.
        @FunctionalInterface
        interface Rows {

            /// Fills every element of `values` with a row.
            void fill(int row, float[] values);
        }

        /// Source of whole numbers.
        @FunctionalInterface
        interface Values {

            /// Returns the number at an index.
            int at(int index);
        }
    }

    /// Writes arrays in the order given.
    public static void write(Path file, List<TensorSource> tensors) throws IOException {
        try (var out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER)) {
            byte[] header = header(tensors);
            byte[] length = new byte[Long.BYTES];
            littleEndian(length).putLong(header.length);
            out.write(length);
            out.write(header);
            for (TensorSource tensor : tensors) {
                switch (tensor) {
                    case TensorSource.Floats floats -> writeRows(out, floats);
                    case TensorSource.Ints ints -> writeNumbers(out, ints);
                }
            }
        }
    }

    /// Returns the header; names consist of letters, digits, dots and hyphens only, so none needs escaping.
    private static byte[] header(List<TensorSource> tensors) {
        var header = new StringBuilder("{");
        long offset = 0;
        for (TensorSource tensor : tensors) {
            long end = offset + Integer.BYTES * size(tensor);
            header.append(header.length() > 1 ? "," : "")
                    .append("\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                            .formatted(tensor.name(), type(tensor), tensor.shape(), offset, end));
            offset = end;
        }
        header.append('}');
        header.repeat(' ', Math.floorMod(-header.length(), ALIGNMENT));
        return header.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String type(TensorSource tensor) {
        return switch (tensor) {
            case TensorSource.Floats _ -> "F32";
            case TensorSource.Ints _ -> "I32";
        };
    }

    private static long size(TensorSource tensor) {
        return tensor.shape().stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }

    private static void writeRows(OutputStream out, TensorSource.Floats floats) throws IOException {
        int rows = floats.shape().size() == 1 ? 1 : floats.shape().getFirst();
        float[] row = new float[floats.shape().getLast()];
        byte[] bytes = new byte[Math.multiplyExact(row.length, Float.BYTES)];
        for (int at = 0; at < rows; at++) {
            floats.rows().fill(at, row);
            littleEndian(bytes).asFloatBuffer().put(row);
            out.write(bytes);
        }
    }

    private static void writeNumbers(OutputStream out, TensorSource.Ints ints) throws IOException {
        byte[] number = new byte[Integer.BYTES];
        for (int index = 0; index < ints.size(); index++) {
            littleEndian(number).putInt(ints.values().at(index));
            out.write(number);
        }
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
