package io.diffmm.datasets;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/// How a floating-point value of a `.npy` file is stored.
///
/// @param bytes 2, 4 or 8
record FloatFormat(int bytes, ByteOrder order) {

    static FloatFormat of(Path file, String type) {
        ByteOrder order = type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        return switch (type) {
            case "<f2", ">f2" -> new FloatFormat(Short.BYTES, order);
            case "<f4", ">f4" -> new FloatFormat(Float.BYTES, order);
            case "<f8", ">f8" -> new FloatFormat(Double.BYTES, order);
            default ->
                throw InvalidDatasetException.of(
                        file,
                        "holds values of type %s; features are float16, float32 or float64 (use astype)"
                                .formatted(type));
        };
    }

    double read(ByteBuffer buffer) {
        return switch (bytes) {
            case Short.BYTES -> Float.float16ToFloat(buffer.getShort());
            case Float.BYTES -> buffer.getFloat();
            default -> buffer.getDouble();
        };
    }
}
