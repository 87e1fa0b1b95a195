package io.diffmm.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.lang.invoke.MethodType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Comparison of a tree of settings with the components of a settings record: finds the first setting that
/// is unknown, missing, or of the wrong type.
final class SettingsStructure {

    private static final Pattern CAPITAL = Pattern.compile("[A-Z]");

    private static final String SECTION = "a section";

    /// Descriptions of the values of a setting, by its type.
    private static final Map<Class<?>, String> SCALARS = Map.of(
            Integer.class, "an integer",
            Long.class, "an integer",
            Double.class, "a number",
            Boolean.class, "true or false",
            String.class, "text");

    private SettingsStructure() {}

    /// Returns the message for the first such setting; empty if there is none.
    ///
    /// @param type settings record
    static Optional<String> flaw(Map<?, ?> tree, Class<?> type) {
        return inSection("", tree, components(type));
    }

    /// @param prefix prefix of the paths of the section's settings
    /// @param known types of the settings of the section, by name
    private static Optional<String> inSection(String prefix, Map<?, ?> section, Map<String, Type> known) {
        Stream<String> unknown = section.keySet().stream()
                .map(String::valueOf)
                .filter(name -> !known.containsKey(name))
                .map(name ->
                        "unknown setting '%s'; settings at this level: %s".formatted(prefix + name, known.keySet()));
        Stream<String> wrong = known.entrySet().stream()
                .map(setting -> ofSetting(prefix, setting.getKey(), section, setting.getValue()))
                .flatMap(Optional::stream);
        return Stream.concat(unknown, wrong).findFirst();
    }

    private static Optional<String> ofSetting(String prefix, String name, Map<?, ?> section, Type type) {
        return section.containsKey(name) ? flaw(prefix + name, section.get(name), type) : missing(prefix + name);
    }

    private static Optional<String> flaw(String path, @Nullable Object value, Type type) {
        if (type instanceof ParameterizedType generic) {
            return ofGeneric(path, value, generic);
        }
        if (value == null) {
            return missing(path);
        }
        Class<?> boxed = MethodType.methodType((Class<?>) type).wrap().returnType();
        if (isSection(boxed)) {
            return value instanceof Map<?, ?> section ? ofSection(path, section, boxed) : wrong(path, value, SECTION);
        }
        return boxed.isEnum() ? ofEnum(path, value, boxed) : ofScalar(path, value, boxed);
    }

    private static Optional<String> ofGeneric(String path, @Nullable Object value, ParameterizedType type) {
        Type[] arguments = type.getActualTypeArguments();
        Type element = arguments[arguments.length - 1];
        if (type.getRawType() == Optional.class) {
            return ofOptional(path, value, element);
        }
        if (value == null) {
            return missing(path);
        }
        return type.getRawType() == Map.class ? ofMap(path, value, element) : ofList(path, value, element);
    }

    private static Optional<String> ofOptional(String path, @Nullable Object value, Type type) {
        Object present = value instanceof Optional<?> optional ? optional.orElse(null) : value;
        if (present == null) {
            return Optional.empty();
        }
        boolean section = type instanceof Class<?> raw && isSection(raw);
        return section && !(present instanceof Map)
                ? wrong(path, present, SECTION + ", or none")
                : flaw(path, present, type);
    }

    private static Optional<String> ofMap(String path, Object value, Type element) {
        if (!(value instanceof Map<?, ?> section)) {
            return wrong(path, value, SECTION);
        }
        Map<String, Type> known = new LinkedHashMap<>();
        section.keySet().forEach(name -> known.put(String.valueOf(name), element));
        return inSection(path + '.', section, known);
    }

    private static Optional<String> ofList(String path, Object value, Type element) {
        if (!(value instanceof List<?> list)) {
            return wrong(path, value, "a list");
        }
        return IntStream.range(0, list.size())
                .mapToObj(at -> flaw("%s[%d]".formatted(path, at), list.get(at), element))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /// Returns whether the values of a type are sections: those of records, except for records that convert a
    /// single value, and of interfaces whose records are forms of a section.
    private static boolean isSection(Class<?> type) {
        boolean converts = Arrays.stream(type.getDeclaredMethods())
                .anyMatch(method -> method.isAnnotationPresent(JsonCreator.class));
        return (type.isRecord() && !converts) || type.isAnnotationPresent(JsonSubTypes.class);
    }

    private static Optional<String> ofSection(String path, Map<?, ?> section, Class<?> type) {
        if (type.isRecord()) {
            return inSection(path + '.', section, components(type));
        }
        String selector = type.getAnnotation(JsonTypeInfo.class).property();
        Map<String, Class<?>> forms = new LinkedHashMap<>();
        for (JsonSubTypes.Type known : type.getAnnotation(JsonSubTypes.class).value()) {
            forms.put(known.name(), known.value());
        }
        Object name = section.get(selector);
        Class<?> form = forms.get(String.valueOf(name));
        if (form == null) {
            String full = path + '.' + selector;
            return name == null ? missing(full) : invalid(full, name, forms.keySet());
        }
        Map<String, Type> settings = new LinkedHashMap<>(Map.of(selector, String.class));
        settings.putAll(components(form));
        return inSection(path + '.', section, settings);
    }

    private static Optional<String> ofEnum(String path, Object value, Class<?> type) {
        List<String> names =
                Arrays.stream(type.getEnumConstants()).map(SettingsMapper::name).toList();
        return value instanceof String text && names.stream().anyMatch(text::equalsIgnoreCase)
                ? Optional.empty()
                : invalid(path, value, names);
    }

    private static Optional<String> ofScalar(String path, Object value, Class<?> type) {
        boolean widened =
                type == Double.class ? value instanceof Number : type == Long.class && value instanceof Integer;
        if (widened || type.isInstance(value) || !SCALARS.containsKey(type)) {
            return Optional.empty();
        }
        boolean large = type == Integer.class && (value instanceof Long || value instanceof BigInteger);
        return wrong(path, value, large ? "an integer of 32 bits" : SCALARS.get(type));
    }

    /// Returns the types of a record's settings by name, in order.
    static Map<String, Type> components(Class<?> type) {
        Map<String, Type> components = new LinkedHashMap<>();
        for (RecordComponent component : type.getRecordComponents()) {
            String name = CAPITAL.matcher(component.getName())
                    .replaceAll(capital -> '-' + capital.group().toLowerCase(Locale.ROOT));
            components.put(name, component.getGenericType());
        }
        return components;
    }

    private static Optional<String> missing(String path) {
        return Optional.of("%s is missing; set it".formatted(path));
    }

    private static Optional<String> wrong(String path, Object value, String need) {
        return Optional.of("%s is %s; need %s".formatted(path, text(value), need));
    }

    private static Optional<String> invalid(String path, Object value, Collection<String> valid) {
        return Optional.of("%s is %s; valid values: %s".formatted(path, text(value), String.join(", ", valid)));
    }

    private static String text(Object value) {
        if (value instanceof Map) {
            return SECTION;
        }
        return value instanceof String text ? "'%s'".formatted(text) : String.valueOf(value);
    }
}
