package io.diffmm.training;

import io.diffmm.artifacts.ArtifactNames.SafeName;
import io.diffmm.datasets.reading.DatasetSource;
import io.diffmm.model.DeviceChoice;
import io.diffmm.training.search.SearchFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Parameters of a training job: dataset, model family, settings and publication.
///
/// @param data source of the dataset
/// @param family name of the model family, for example `diffmm`
/// @param artifacts directory of published models
/// @param name name of the model in `artifacts`; the name of the dataset's folder if absent
/// @param epochs maximum number of epochs; taken from the settings if absent
/// @param seed seed of the first model
/// @param config name of a preset or path of a YAML file; the family's default preset if absent
/// @param device `auto`, `cpu`, `gpu` or `gpu:N`
/// @param resume true to continue from the checkpoint of an interrupted run
/// @param indexFrom minimum number of items for which an index is built
/// @param gate conditions for publication
/// @param seeds number of models of the family, trained with the seeds `seed`, `seed + 1`, ...; their
///     views are joined
/// @param ensemble versions of other models, trained on the same data, whose views join the blend
/// @param search hyper-parameter search that precedes training
public record TrainingRequest(
        DatasetSource data,
        String family,
        Path artifacts,
        Optional<String> name,
        OptionalInt epochs,
        long seed,
        Optional<String> config,
        String device,
        boolean resume,
        int indexFrom,
        GateSettings gate,
        int seeds,
        List<Path> ensemble,
        Optional<SearchRequest> search) {

    private static final int MAX_SEEDS = 10;

    /// Validates everything that does not need the dataset.
    ///
    /// @throws IllegalArgumentException naming the invalid parameter
    public TrainingRequest {
        ensemble = List.copyOf(ensemble);
        DeviceChoice.parse(device);
        TrainerFamily.named(family);
        if (epochs.isPresent() && epochs.getAsInt() < 1) {
            throw new IllegalArgumentException("--epochs is %d; need at least 1".formatted(epochs.getAsInt()));
        }
        if (indexFrom < 1) {
            throw new IllegalArgumentException("--index-from is %d; need at least 1".formatted(indexFrom));
        }
        if (seeds < 1 || seeds > MAX_SEEDS) {
            throw new IllegalArgumentException(
                    "--ensemble is %d; need 1 to %d seeds, or the directory of a published model (./%1$d for one of that name)"
                            .formatted(seeds, MAX_SEEDS));
        }
        String modelName = SafeName.require("model name", name.orElseGet(() -> folder(data)));
        if (search.isPresent() && resume) {
            throw new IllegalArgumentException(
                    "--search cannot be resumed; to continue training after a finished search, use --config %s --resume"
                            .formatted(artifacts.resolve(modelName).resolve(SearchFiles.SETTINGS)));
        }
    }

    private static String folder(DatasetSource data) {
        return data.folder()
                .map(folder ->
                        String.valueOf(folder.toAbsolutePath().normalize().getFileName()))
                .orElseThrow(() -> new IllegalArgumentException(
                        "--data has no directory from which to take the model's name; use --name NAME"));
    }

    /// Returns the name under which the model is published.
    public String modelName() {
        return name.orElseGet(() -> folder(data));
    }

    /// Returns the directory with the versions of the model.
    Path modelDirectory() {
        return artifacts.resolve(modelName());
    }

    /// Conditions under which a model is published.
    ///
    /// @param tolerance decrease of NDCG@20 on `valid`, compared with the current version, that is always
    ///     accepted
    /// @param force true to publish the model even if it fails the gate
    public record GateSettings(double tolerance, boolean force) {

        /// Default tolerance, below the noise of a split with some thousand users.
        public static final double TOLERANCE = 0.002;

        public GateSettings {
            if (!Double.isFinite(tolerance) || tolerance < 0) {
                throw new IllegalArgumentException(
                        "the tolerance is %s; need a finite number of at least 0".formatted(tolerance));
            }
        }

        /// Returns the default tolerance without force.
        public static GateSettings defaults() {
            return new GateSettings(TOLERANCE, false);
        }
    }

    /// Hyper-parameter search that precedes training.
    ///
    /// @param budget time budget of the search
    /// @param space YAML file with the values to choose from; the family's search space if absent
    public record SearchRequest(Duration budget, Optional<Path> space) {

        private static final Duration MAX_BUDGET = Duration.ofDays(365);

        public SearchRequest {
            if (!budget.isPositive() || budget.compareTo(MAX_BUDGET) > 0) {
                throw new IllegalArgumentException(
                        "--search is %d s; need a positive duration of at most a year".formatted(budget.toSeconds()));
            }
        }
    }
}
