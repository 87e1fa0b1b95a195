package io.diffmm.model;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

/// Conversion of hyper-parameters between a settings record and the tree of plain values in manifests and settings
/// files.
public final class SettingsMapper {

    private static final Pattern CAPITAL = Pattern.compile("[A-Z]");

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
        String path = e.getPath().stream()
                .map(JacksonException.Reference::getPropertyName)
                .filter(Objects::nonNull)
                .collect(Collectors.joining("."));
        if (e instanceof UnrecognizedPropertyException unknown) {
            return unknown(path, unknown.getKnownPropertyIds());
        }
        if (e instanceof InvalidFormatException wrong && wrong.getTargetType().isEnum()) {
            return "%s is '%s'; valid values: %s".formatted(path, wrong.getValue(), names(wrong.getTargetType()));
        }
        Optional<String> flaw = flaw("", tree, type);
        if (flaw.isPresent()) {
            return flaw.get();
        }
        String text = e.getOriginalMessage().lines().findFirst().orElse("");
        return path.isEmpty() ? text : path + ": " + text;
    }

    private static String unknown(String path, Collection<?> known) {
        return "unknown setting '%s'; settings at this level: %s".formatted(path, known);
    }

    /// Finds the first setting that is unknown or missing.
    ///
    /// @param prefix prefix of its path
    private static Optional<String> flaw(String prefix, Map<?, ?> tree, Class<?> type) {
        Map<String, Class<?>> known = new LinkedHashMap<>();
        for (RecordComponent component : type.getRecordComponents()) {
            known.put(kebabCase(component.getName()), component.getType());
        }
        for (Object name : tree.keySet()) {
            if (!known.containsKey(String.valueOf(name))) {
                return Optional.of(unknown(prefix + name, known.keySet()));
            }
        }
        return known.entrySet().stream()
                .map(setting -> flaw(prefix + setting.getKey(), tree.get(setting.getKey()), setting.getValue()))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<String> flaw(String path, @Nullable Object value, Class<?> type) {
        if (value == null) {
            return type == Optional.class ? Optional.empty() : Optional.of("'%s' is required".formatted(path));
        }
        return type.isRecord() && value instanceof Map<?, ?> section
                ? flaw(path + '.', section, type)
                : Optional.empty();
    }

    private static String names(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> MAPPER.convertValue(constant, String.class))
                .collect(Collectors.joining(", "));
    }

    private static String kebabCase(String name) {
        return CAPITAL.matcher(name).replaceAll(capital -> '-' + capital.group().toLowerCase(Locale.ROOT));
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
