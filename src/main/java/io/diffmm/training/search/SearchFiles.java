package io.diffmm.training.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// What a search leaves beside a model's versions. Each file is replaced in one step.
public final class SearchFiles {

    /// The best settings, complete.
    public static final String SETTINGS = "search.yaml";

    /// All trials.
    public static final String TRIALS = "search.json";

    private static final YAMLMapper YAML = new YAMLMapper();
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Path directory;

    /// The files in a model's directory.
    public SearchFiles(Path directory) {
        this.directory = directory;
    }

    /// Where the best settings are.
    public Path settings() {
        return directory.resolve(SETTINGS);
    }

    /// Where all trials are.
    public Path trials() {
        return directory.resolve(TRIALS);
    }

    /// Replaces both.
    ///
    /// @param best settings so far, if there are any
    public void write(SearchRecord search, Optional<Map<String, Object>> best) throws IOException {
        replace(trials(), JSON.writeValueAsString(search) + '\n');
        if (best.isPresent()) {
            replace(settings(), YAML.writeValueAsString(best.get()));
        } else {
            Files.deleteIfExists(settings()); // of an earlier search
        }
    }

    private static void replace(Path file, String text) throws IOException {
        Path beside = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(beside, text);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
