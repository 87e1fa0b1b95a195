package io.diffmm.training.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Result files of a hyper-parameter search, beside the versions of the model. Each file is replaced atomically.
public final class SearchFiles {

    /// File with the complete best settings.
    public static final String SETTINGS = "search.yaml";

    /// File with all trials.
    public static final String TRIALS = "search.json";

    private static final YAMLMapper YAML = new YAMLMapper();
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Path directory;

    /// @param directory directory with the versions of the model
    public SearchFiles(Path directory) {
        this.directory = directory;
    }

    public Path settings() {
        return directory.resolve(SETTINGS);
    }

    public Path trials() {
        return directory.resolve(TRIALS);
    }

    /// Replaces both files.
    ///
    /// @param best best settings so far
    public void write(SearchRecord search, Optional<Map<String, Object>> best) throws IOException {
        replace(trials(), JSON.writeValueAsString(search) + '\n');
        if (best.isPresent()) {
            replace(settings(), YAML.writeValueAsString(best.get()));
        } else {
            Files.deleteIfExists(settings()); // of an earlier search
        }
    }

    private static void replace(Path file, String text) throws IOException {
        Path replacement = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(replacement, text);
        Files.move(replacement, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// Content of `search.json`.
    ///
    /// @param formatVersion [#FORMAT_VERSION]
    /// @param dataset fingerprint of the dataset
    /// @param seed seed of the samples and of the training of each trial
    /// @param boundSeconds time budget of the search
    /// @param best number of the best trial; empty if no trial has a score
    public record SearchRecord(
            int formatVersion,
            String dataset,
            long seed,
            double boundSeconds,
            Optional<Integer> best,
            List<Trials.Trial> trials) {

        /// Current version of the format.
        public static final int FORMAT_VERSION = 2;

        public SearchRecord {
            trials = List.copyOf(trials);
        }
    }
}
