package io.diffmm.chart;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.MappingIterator;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// YAML parser and writer for maps and lists. Duplicate keys are rejected.
final class Yaml {

    private static final YAMLMapper MAPPER = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private Yaml() {}

    static Map<String, Object> object(String text) {
        List<Map<String, Object>> documents = documents(text);
        return documents.isEmpty() ? Map.of() : documents.getFirst();
    }

    /// Returns the documents in `text` that are not empty.
    static List<Map<String, Object>> documents(String text) {
        try (MappingIterator<Map<String, Object>> values =
                MAPPER.readerFor(OBJECT).readValues(text)) {
            return values.readAll().stream()
                    .filter(document -> document != null && !document.isEmpty())
                    .toList();
        }
    }

    static String write(Map<String, Object> object) {
        return MAPPER.writeValueAsString(object);
    }

    /// Returns `base` overridden by `over`; objects in both are merged recursively, as Helm merges values.
    @SuppressWarnings("unchecked")
    static Map<String, Object> merge(Map<String, Object> base, Map<String, Object> over) {
        Map<String, Object> merged = new LinkedHashMap<>(base);
        over.forEach((key, value) -> merged.merge(
                key,
                value,
                (before, after) -> before instanceof Map && after instanceof Map
                        ? merge((Map<String, Object>) before, (Map<String, Object>) after)
                        : after));
        return merged;
    }
}
