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
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Finds hyper-parameters, a preset by name or a YAML file that changes some settings of a preset, and the values to
/// search them among.
///
/// A file names the preset it starts from with `preset: NAME`; without that it is the family's first. What it does not
/// mention stays as the preset has it.
final class SettingsFile {

    private static final String PRESET = "preset";
    private static final YAMLMapper MAPPER = new YAMLMapper();

    private SettingsFile() {}

    /// The settings that `config` means.
    ///
    /// @param family whose presets are allowed
    /// @throws IllegalArgumentException if there is neither such a preset nor such a file, or it is no YAML mapping
    static Map<String, Object> read(Optional<String> config, TrainerFamily family) {
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

    private static Map<String, Object> fromFile(Path file, TrainerFamily family) {
        Map<String, Object> changes = new LinkedHashMap<>(parse(file));
        Object base = Optional.ofNullable(changes.remove(PRESET))
                .orElse(family.presets().getFirst());
        return merged(preset(String.valueOf(base), family), changes);
    }

    private static Map<String, Object> preset(String name, TrainerFamily family) {
        if (!family.presets().contains(name)) {
            throw new IllegalArgumentException(
                    "%s has no preset '%s'; presets: %s".formatted(family.name(), name, family.presets()));
        }
        String resource = "/presets/%s/%s.yaml".formatted(family.name(), name);
        return parseResource(resource)
                .orElseThrow(() -> new IllegalStateException("%s is missing from the program".formatted(resource)));
    }

    /// A search space: the form of the settings, with lists of values.
    ///
    /// @param file that holds it; the family's own if absent
    /// @throws IllegalArgumentException if there is no such file, it is no YAML mapping, or the family has none
    static Map<String, Object> searchSpace(Optional<Path> file, String family) {
        if (file.isPresent()) {
            if (!Files.isRegularFile(file.get())) {
                throw new IllegalArgumentException("--search-space %s is no file".formatted(file.get()));
            }
            return parse(file.get());
        }
        return parseResource("/search/%s.yaml".formatted(family))
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no search space for '%s'; give one with --search-space".formatted(family)));
    }

    private static Map<String, Object> parse(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return parse(in, file.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static Optional<Map<String, Object>> parseResource(String resource) {
        try (InputStream in = SettingsFile.class.getResourceAsStream(resource)) {
            return in == null ? Optional.empty() : Optional.of(parse(in, resource));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> parse(InputStream in, String source) {
        try {
            Map<String, Object> tree = MAPPER.readValue(in, new TypeReference<Map<String, Object>>() {});
            return tree == null ? Map.of() : tree;
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "%s is not a YAML mapping of settings: %s".formatted(source, e.getOriginalMessage()), e);
        }
    }

    /// `base` with the values of `changes`, mappings merged key by key.
    private static Map<String, Object> merged(Map<String, Object> base, Map<?, ?> changes) {
        Map<String, Object> merged = new LinkedHashMap<>(base);
        changes.forEach((key, value) -> {
            if (value == null) {
                throw new IllegalArgumentException(
                        "setting '%s' has no value; give one, or leave it out".formatted(key));
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
