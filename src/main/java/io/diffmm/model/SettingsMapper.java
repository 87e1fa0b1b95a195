package io.diffmm.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;

/// Conversion of hyper-parameters between a settings record and the tree of plain values in manifests and settings
/// files.
public final class SettingsMapper {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .build();

    private SettingsMapper() {}

    /// Converts a tree to a settings record.
    ///
    /// @throws IllegalArgumentException naming the setting that is unknown, missing or wrong
    public static <T extends Record> T read(Map<String, Object> tree, Class<T> type) {
        try {
            return MAPPER.convertValue(tree, type);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("settings: " + reason(e, tree, type), e);
        }
    }

    private static String reason(JacksonException e, Map<?, ?> tree, Class<?> type) {
        if (e.getCause() instanceof IllegalArgumentException refused) {
            return String.valueOf(refused.getMessage());
        }
        return SettingsStructure.flaw(tree, type).orElseGet(() -> {
            String path = e.getPath().stream()
                    .map(JacksonException.Reference::getPropertyName)
                    .filter(Objects::nonNull)
                    .collect(Collectors.joining("."));
            return path.isEmpty() ? "a value has the wrong type" : "%s has a value of the wrong type".formatted(path);
        });
    }

    /// Returns the names of a record's settings in trees, in order.
    public static List<String> names(Class<? extends Record> type) {
        return List.copyOf(SettingsStructure.components(type).keySet());
    }

    /// Returns the name of an enum constant in trees.
    static String name(Object constant) {
        return MAPPER.convertValue(constant, String.class);
    }

    /// Completes a section of a tree with defaults; returns any other value unchanged.
    public static Object withDefaults(Object section, Map<String, Object> defaults) {
        if (!(section instanceof Map<?, ?> settings)) {
            return section;
        }
        Map<Object, Object> complete = new LinkedHashMap<>(defaults);
        complete.putAll(settings);
        return complete;
    }

    /// Converts a settings record to a tree.
    public static Map<String, Object> write(Object settings) {
        return MAPPER.convertValue(settings, new TypeReference<>() {});
    }
}
