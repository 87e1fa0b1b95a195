package io.diffmm.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

/// Hyper-parameters between a model's settings record and the tree of plain values that manifests and config files
/// hold.
public final class SettingsMapper {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .build();

    private SettingsMapper() {}

    /// The settings record that `tree` describes.
    ///
    /// @throws IllegalArgumentException naming the setting that is unknown, missing or wrong
    public static <T> T read(Map<String, Object> tree, Class<T> type) {
        try {
            return MAPPER.convertValue(tree, type);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("settings: " + reason(e), e);
        }
    }

    private static String reason(JacksonException e) {
        if (e.getCause() instanceof IllegalArgumentException refused) {
            return String.valueOf(refused.getMessage());
        }
        String path = e.getPath().stream()
                .map(JacksonException.Reference::getPropertyName)
                .filter(Objects::nonNull)
                .collect(Collectors.joining("."));
        if (e instanceof UnrecognizedPropertyException unknown) {
            return "there is no setting '%s'; known beside it: %s".formatted(path, unknown.getKnownPropertyIds());
        }
        String text = e.getOriginalMessage().lines().findFirst().orElse("");
        return path.isEmpty() ? text : path + ": " + text;
    }

    /// A section of a tree, with what it does not mention as in `defaults`; anything that is no section stays as it is.
    public static Object withDefaults(Object section, Map<String, Object> defaults) {
        if (!(section instanceof Map<?, ?> settings)) {
            return section;
        }
        Map<Object, Object> complete = new LinkedHashMap<>(defaults);
        complete.putAll(settings);
        return complete;
    }

    /// The tree that describes `settings`.
    public static Map<String, Object> write(Object settings) {
        return MAPPER.convertValue(settings, new TypeReference<>() {});
    }
}
