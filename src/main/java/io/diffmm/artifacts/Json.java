package io.diffmm.artifacts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/// Strict JSON: ignores unknown fields, and refuses missing, duplicate or wrongly typed ones.
final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .withCoercionConfig(
                    LogicalType.Textual,
                    coercions -> coercions
                            .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build();

    private static final ObjectReader LENIENT = MAPPER.reader()
            .without(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .without(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);

    private Json() {}

    static void write(Path file, Object value) throws IOException {
        try {
            Files.writeString(file, MAPPER.writeValueAsString(value) + '\n');
        } catch (JacksonIOException e) {
            throw e.getCause();
        }
    }

    /// Reads a file.
    ///
    /// @throws InvalidArtifactException if the file does not contain JSON
    static JsonNode readTree(Path file) throws IOException {
        return reading(file, () -> MAPPER.readTree(file));
    }

    /// Converts a tree to a `T`.
    ///
    /// @param file origin of the tree, for messages
    /// @throws InvalidArtifactException if the tree does not describe a `T`
    static <T> T convert(Path file, JsonNode tree, Class<T> type) throws IOException {
        return reading(file, () -> MAPPER.treeToValue(tree, type));
    }

    /// Reads a list whose elements may lack fields.
    ///
    /// @throws InvalidArtifactException if the file does not contain a list of `E`
    static <E> List<E> readList(Path file, Class<E> element) throws IOException {
        List<E> list = reading(
                file,
                () -> LENIENT.forType(LENIENT.typeFactory().constructCollectionType(List.class, element))
                        .readValue(file));
        if (list.stream().anyMatch(Objects::isNull)) {
            throw new InvalidArtifactException(file, "contains null");
        }
        return list;
    }

    private static <T> T reading(Path file, Reading<T> reading) throws IOException {
        @Nullable T value;
        try {
            value = reading.read();
        } catch (JacksonIOException e) {
            throw e.getCause();
        } catch (JacksonException e) {
            throw new InvalidArtifactException(file, reason(e), e);
        }
        if (value == null) {
            throw new InvalidArtifactException(file, "contains null");
        }
        return value;
    }

    private static String reason(JacksonException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        String message = cause instanceof JacksonException jackson ? jackson.getOriginalMessage() : cause.getMessage();
        return "not the JSON that the format requires: %s".formatted(message);
    }

    @FunctionalInterface
    private interface Reading<T> {
        @Nullable
        T read();
    }
}
