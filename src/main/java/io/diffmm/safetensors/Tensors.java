package io.diffmm.safetensors;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.diffmm.engine.EngineArrays;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Named native arrays: reading and writing safetensors files, and checks of arrays read. In Python:
/// `safetensors.numpy.load_file(path)`.
///
/// Memory: every array belongs to the manager passed to the method that creates it.
public final class Tensors {

    private static final int BUFFER = 1 << 16;

    private Tensors() {}

    /// Writes arrays under their names.
    public static void write(Path file, NDList arrays) throws IOException {
        try (var out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER)) {
            arrays.encode(out, NDList.Encoding.SAFETENSORS);
        }
    }

    /// Reads every array of a file of any size.
    ///
    /// @param manager owner of the arrays
    /// @throws IOException if the file cannot be read
    /// @throws IllegalArgumentException if the file is not in the format
    public static NDList read(Path file, NDManager manager) throws IOException {
        try {
            return Reader.read(file, manager);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s is not a safetensors file: %s".formatted(file, e.getMessage()), e);
        }
    }

    /// Returns the array of a name, of any shape.
    ///
    /// @throws IllegalArgumentException if it is missing
    public static NDArray require(NDList arrays, String name) {
        if (!arrays.contains(name)) {
            throw new IllegalArgumentException("array '%s' is missing".formatted(name));
        }
        return arrays.get(name);
    }

    /// Returns the array of a name and shape.
    ///
    /// @throws IllegalArgumentException if it is missing or has another shape
    public static NDArray require(NDList arrays, String name, long dimension, long... further) {
        NDArray array = require(arrays, name);
        Shape expected = new Shape(dimension).addAll(new Shape(further));
        if (!array.getShape().equals(expected)) {
            throw new IllegalArgumentException(
                    "array '%s' has shape %s, not %s".formatted(name, array.getShape(), expected));
        }
        return array;
    }

    /// Returns the array of a name, of one dimension and int32, with values of 1 or more.
    ///
    /// @throws IllegalArgumentException if it is anything else
    public static NDArray requireCounts(NDList arrays, String name, long dimension) {
        NDArray array = require(arrays, name, dimension);
        if (array.getDataType() != DataType.INT32) {
            throw new IllegalArgumentException("array '%s' is %s, not int32".formatted(name, array.getDataType()));
        }
        for (int value : array.toIntArray()) {
            if (value < 1) {
                throw new IllegalArgumentException("array '%s' contains %d; need at least 1".formatted(name, value));
            }
        }
        return array;
    }

    /// Requires a float32 array of finite values.
    ///
    /// @throws IllegalArgumentException naming the array otherwise
    public static void requireFinite(NDArray array) {
        if (array.getDataType() != DataType.FLOAT32) {
            throw new IllegalArgumentException(
                    "array '%s' is %s, not float32".formatted(array.getName(), array.getDataType()));
        }
        try (NDArray sum = array.sum()) {
            if (!Float.isFinite(sum.getFloat())) {
                throw new IllegalArgumentException(
                        "array '%s' has values that are not finite".formatted(array.getName()));
            }
        }
    }

    /// Overwrites arrays with those of the same name.
    ///
    /// @throws IllegalArgumentException if one is missing or has another shape; none is overwritten then
    public static void copyInto(NDList source, NDList targets) {
        for (NDArray target : targets) {
            if (!require(source, target.getName()).getShape().equals(target.getShape())) {
                throw new IllegalArgumentException("array '%s' has shape %s, not %s"
                        .formatted(
                                target.getName(), source.get(target.getName()).getShape(), target.getShape()));
            }
        }
        targets.forEach(target -> source.get(target.getName()).copyTo(target));
    }

    /// Returns a second handle to the same values, owned by `scope`, so that results computed from it attach there.
    public static NDArray alias(NDArray array, NDManager scope) {
        NDArray alias = array.stopGradient();
        alias.setName(array.getName());
        alias.attach(scope);
        return alias;
    }

    /// Copies the rows of an array to Java.
    ///
    /// @param rows `[B, F]`, B at least 1
    /// @return B vectors `[F]`
    public static List<double[]> rows(NDArray rows) {
        float[] values = rows.toFloatArray();
        int count = (int) rows.getShape().get(0);
        int width = values.length / count;
        List<double[]> vectors = new ArrayList<>(count);
        for (int row = 0; row < count; row++) {
            double[] vector = new double[width];
            for (int at = 0; at < width; at++) {
                vector[at] = values[row * width + at];
            }
            vectors.add(vector);
        }
        return vectors;
    }

    /// Reader of one mapped file, from which each array is copied.
    ///
    /// The format: length of the header, 8 bytes; the header, JSON with type, shape and offsets of each array; the
    /// numbers. Everything is little-endian.
    private static final class Reader {

        private static final ValueLayout.OfLong LENGTH =
                ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        private static final String METADATA = "__metadata__";
        private static final Map<String, DataType> TYPES =
                Map.of("F32", DataType.FLOAT32, "I32", DataType.INT32, "I64", DataType.INT64);
        private static final JsonMapper MAPPER = JsonMapper.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();

        private final MemorySegment numbers;
        private final NDManager manager;

        private Reader(MemorySegment numbers, NDManager manager) {
            this.numbers = numbers;
            this.manager = manager;
        }

        static NDList read(Path file, NDManager manager) throws IOException {
            try (FileChannel channel = FileChannel.open(file);
                    Arena arena = Arena.ofConfined()) {
                MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
                long header = headerLength(bytes);
                var reader = new Reader(bytes.asSlice(Long.BYTES + header), manager);
                return reader.arrays(parsed(bytes.asSlice(Long.BYTES, header)));
            }
        }

        private static long headerLength(MemorySegment bytes) {
            if (bytes.byteSize() < Long.BYTES) {
                throw new IllegalArgumentException("it is shorter than a header");
            }
            long length = bytes.get(LENGTH, 0);
            if (length < 0 || length > bytes.byteSize() - Long.BYTES || length > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("its header claims %d bytes".formatted(length));
            }
            return length;
        }

        private static JsonNode parsed(MemorySegment header) {
            String text = StandardCharsets.UTF_8.decode(header.asByteBuffer()).toString();
            try {
                JsonNode tree = MAPPER.readTree(text);
                if (!tree.isObject()) {
                    throw new IllegalArgumentException("its header is not a JSON object");
                }
                return tree;
            } catch (JacksonException e) {
                throw new IllegalArgumentException("its header is not JSON, or names an array twice", e);
            }
        }

        private NDList arrays(JsonNode header) {
            NDList arrays = new NDList();
            for (Map.Entry<String, JsonNode> entry : header.properties()) {
                if (!entry.getKey().equals(METADATA)) {
                    NDArray array = array(entry.getKey(), entry.getValue());
                    array.setName(entry.getKey());
                    arrays.add(array);
                }
            }
            return arrays;
        }

        private NDArray array(String name, JsonNode described) {
            DataType type = TYPES.get(described.path("dtype").asString(""));
            if (type == null) {
                throw new IllegalArgumentException("array '%s' has type %s; supported: %s"
                        .formatted(
                                name,
                                described.path("dtype"),
                                TYPES.keySet().stream().sorted().toList()));
            }
            Shape shape = new Shape(longs(name, described.path("shape")));
            long size = bytes(name, shape, type);
            long start = requireOffsets(name, described.path("data_offsets"), size);
            return EngineArrays.dense(manager, numbers.asSlice(start, size).asByteBuffer(), shape, type);
        }

        /// Returns the first byte of an array of `size` bytes.
        private long requireOffsets(String name, JsonNode offsets, long size) {
            long[] range = longs(name, offsets);
            if (range.length != 2
                    || range[0] > range[1]
                    || range[1] > numbers.byteSize()
                    || range[1] - range[0] != size) {
                throw new IllegalArgumentException("array '%s' of %d bytes has the offsets %s of %d"
                        .formatted(name, size, offsets, numbers.byteSize()));
            }
            if (size > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("array '%s' has %d bytes; the maximum of one array is %d"
                        .formatted(name, size, Integer.MAX_VALUE));
            }
            return range[0];
        }

        private static long bytes(String name, Shape shape, DataType type) {
            try {
                LongStream.of(shape.getShape()).forEach(Math::toIntExact);
                return LongStream.of(shape.getShape()).reduce(type.getNumOfBytes(), Math::multiplyExact);
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException("array '%s' of shape %s is too large".formatted(name, shape), e);
            }
        }

        private static long[] longs(String name, JsonNode list) {
            if (!list.isArray()
                    || !list.valueStream().allMatch(value -> value.canConvertToLong() && value.asLong() >= 0)) {
                throw new IllegalArgumentException(
                        "array '%s' is not described by whole numbers: %s".formatted(name, list));
            }
            return list.valueStream().mapToLong(JsonNode::asLong).toArray();
        }
    }
}
