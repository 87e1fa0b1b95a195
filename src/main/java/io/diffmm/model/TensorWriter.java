package io.diffmm.model;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Writes arrays of any size in the safetensors format, a row in memory at a time.
///
/// [Tensors#write] does it for native arrays, which it copies as a whole.
public final class TensorWriter {

    private static final int BUFFER = 1 << 16;
    private static final int ALIGNMENT = 8;

    private TensorWriter() {}

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

    /// Names hold letters, digits, dots and hyphens only, so nothing is escaped.
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
        for (int place = 0; place < ints.size(); place++) {
            littleEndian(number).putInt(ints.values().at(place));
            out.write(number);
        }
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
