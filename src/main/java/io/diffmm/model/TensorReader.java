package io.diffmm.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.diffmm.engine.EngineArrays;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.LongStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads arrays in the safetensors format from files of any size: a file is mapped, and each array copied from there.
///
/// The format: the length of the header, 8 bytes; the header, JSON with type, shape and place of each array; the
/// numbers. Everything is little-endian.
final class TensorReader {

    private static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final String METADATA = "__metadata__";
    private static final Map<String, DataType> TYPES =
            Map.of("F32", DataType.FLOAT32, "I32", DataType.INT32, "I64", DataType.INT64);
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final MemorySegment numbers;
    private final NDManager manager;

    private TensorReader(MemorySegment numbers, NDManager manager) {
        this.numbers = numbers;
        this.manager = manager;
    }

    /// Reads every array of a file, under its name.
    ///
    /// @param manager owns the arrays
    /// @throws IllegalArgumentException saying what is wrong with the file
    static NDList read(Path file, NDManager manager) throws IOException {
        try (FileChannel channel = FileChannel.open(file);
                Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            long header = headerLength(bytes);
            var reader = new TensorReader(bytes.asSlice(Long.BYTES + header), manager);
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
            throw new IllegalArgumentException("array '%s' has type %s; %s can be read"
                    .formatted(
                            name,
                            described.path("dtype"),
                            TYPES.keySet().stream().sorted().toList()));
        }
        Shape shape = new Shape(longs(name, described.path("shape")));
        long[] place = longs(name, described.path("data_offsets"));
        long size = bytes(name, shape, type);
        if (place.length != 2 || place[0] > place[1] || place[1] > numbers.byteSize() || place[1] - place[0] != size) {
            throw new IllegalArgumentException("array '%s' of %d bytes is said to lie at %s of %d"
                    .formatted(name, size, described.path("data_offsets"), numbers.byteSize()));
        }
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "array '%s' holds %d bytes; one array can hold %d".formatted(name, size, Integer.MAX_VALUE));
        }
        return EngineArrays.dense(manager, numbers.asSlice(place[0], size).asByteBuffer(), shape, type);
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
        if (!list.isArray() || !list.valueStream().allMatch(value -> value.canConvertToLong() && value.asLong() >= 0)) {
            throw new IllegalArgumentException(
                    "array '%s' is not described by whole numbers: %s".formatted(name, list));
        }
        return list.valueStream().mapToLong(JsonNode::asLong).toArray();
    }
}
