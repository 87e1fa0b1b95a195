package io.diffmm.training;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Settings files: presets by name, YAML files that change settings of a preset, and search spaces.
///
/// A file names its preset with `preset: NAME`; the default is the family's first. Settings that it omits
/// are those of the preset. A complete file says `preset: none`. A family's presets and search space are
/// resources, listed in `presets/<family>/index.yaml`: a class path inside a jar cannot be listed.
final class SettingsFile {

    private static final String PRESET = "preset";

    /// Preset of a complete file: settings that it omits are absent.
    private static final String NO_PRESET = "none";

    private static final YAMLMapper MAPPER = new YAMLMapper();

    private SettingsFile() {}

    /// Contents of `presets/<family>/index.yaml`.
    ///
    /// @param presets names of the presets, the default first
    /// @param search search space
    private record Index(List<String> presets, Map<String, Object> search) {}

    private static Index index(String family) {
        String resource = "/presets/%s/index.yaml".formatted(family);
        Map<String, Object> tree = parseResource(resource);
        try {
            return MAPPER.convertValue(tree, Index.class);
        } catch (JacksonException e) {
            throw new IllegalStateException(
                    "%s is not an index of presets: %s".formatted(resource, e.getOriginalMessage()), e);
        }
    }

    /// Returns the names of a family's presets, the default first.
    static List<String> presets(String family) {
        return index(family).presets();
    }

    /// Reads the settings of `--config`.
    ///
    /// @param family family of the presets
    /// @throws IllegalArgumentException if there is neither such a preset nor such a file, or it is not a YAML
    /// mapping
    static Map<String, Object> read(Optional<String> config, TrainerFamily<?> family) {
        List<String> presets = family.presets();
        if (config.isEmpty()) {
            return preset(presets.getFirst(), family);
        }
        String named = config.get();
        if (presets.contains(named)) {
            return preset(named, family);
        }
        Path file = Path.of(named);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("--config %s is neither a file nor a preset of %s; presets: %s"
                    .formatted(named, family.name(), presets));
        }
        return fromFile(file, family);
    }

    private static Map<String, Object> fromFile(Path file, TrainerFamily<?> family) {
        Map<String, Object> changes = new LinkedHashMap<>(parse(file));
        Object base = Optional.ofNullable(changes.remove(PRESET))
                .orElse(family.presets().getFirst());
        return NO_PRESET.equals(base)
                ? merged(Map.of(), changes)
                : merged(preset(String.valueOf(base), family), changes);
    }

    /// Returns the contents of a file with all settings, which [#read] does not complete from a preset.
    static Map<String, Object> complete(Map<String, Object> settings) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put(PRESET, NO_PRESET);
        file.putAll(settings);
        return file;
    }

    private static Map<String, Object> preset(String name, TrainerFamily<?> family) {
        List<String> presets = family.presets();
        if (!presets.contains(name)) {
            throw new IllegalArgumentException(
                    "%s has no preset '%s'; presets: %s".formatted(family.name(), name, presets));
        }
        return parseResource("/presets/%s/%s.yaml".formatted(family.name(), name));
    }

    /// Reads a search space: the structure of the settings, with lists of values.
    ///
    /// @param file settings file of the space; if absent, the part of the family's own space that
    ///     consists of settings at hand, since a setting may belong to one form of the family only
    /// @param settings settings of the search
    /// @throws IllegalArgumentException if there is no such file, or it is not a YAML mapping
    static Map<String, Object> searchSpace(Optional<Path> file, String family, Map<String, Object> settings) {
        if (file.isEmpty()) {
            return fitting(index(family).search(), settings);
        }
        if (!Files.isRegularFile(file.get())) {
            throw new IllegalArgumentException("--search-space %s is not a file".formatted(file.get()));
        }
        return parse(file.get());
    }

    private static Map<String, Object> fitting(Map<?, ?> space, Map<?, ?> settings) {
        Map<String, Object> fitting = new LinkedHashMap<>();
        space.forEach((key, values) -> {
            if (values instanceof Map<?, ?> inner && settings.get(key) instanceof Map<?, ?> section) {
                fitting.put(String.valueOf(key), fitting(inner, section));
            } else if (settings.containsKey(key)) {
                fitting.put(String.valueOf(key), values);
            }
        });
        return fitting;
    }

    private static Map<String, Object> parse(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return parse(in, file.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static Map<String, Object> parseResource(String resource) {
        try (InputStream in = SettingsFile.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("%s is missing from the program".formatted(resource));
            }
            return parse(in, resource);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> parse(InputStream in, String source) {
        JsonNode tree;
        try {
            tree = MAPPER.readTree(in);
        } catch (JacksonException e) {
            throw noMapping(source, e.getOriginalMessage().strip());
        }
        if (tree.isMissingNode() || tree.isNull()) {
            return Map.of();
        }
        if (!tree.isObject()) {
            throw noMapping(source, tree.isArray() ? "it is a list" : "it is a single value");
        }
        return MAPPER.convertValue(tree, new TypeReference<>() {});
    }

    private static IllegalArgumentException noMapping(String source, String reason) {
        return new IllegalArgumentException("%s is not a YAML mapping of settings: %s".formatted(source, reason));
    }

    /// Returns `base` with the values of `changes`; nested mappings are merged key by key.
    private static Map<String, Object> merged(Map<String, Object> base, Map<?, ?> changes) {
        Map<String, Object> merged = new LinkedHashMap<>(base);
        changes.forEach((key, value) -> {
            if (value == null) {
                throw new IllegalArgumentException(
                        "setting '%s' has no value; set one, or omit the setting".formatted(key));
            }
            Object present = merged.getOrDefault(String.valueOf(key), Map.of());
            merged.put(String.valueOf(key), mergedValue(present, value));
        });
        return merged;
    }

    private static Object mergedValue(Object base, Object change) {
        if (base instanceof Map<?, ?> tree && change instanceof Map<?, ?> changes) {
            return merged(merged(Map.of(), tree), changes);
        }
        return change instanceof Map<?, ?> changes ? merged(Map.of(), changes) : change;
    }
}
