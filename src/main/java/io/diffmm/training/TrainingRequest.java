package io.diffmm.training;

import io.diffmm.artifacts.ArtifactNames.SafeName;
import io.diffmm.artifacts.SafeName;
import io.diffmm.datasets.DatasetSource;
import io.diffmm.datasets.reading.DatasetSource;
import io.diffmm.model.DeviceChoice;
import io.diffmm.training.search.SearchFiles;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What to train, on what, and where to publish it.
///
/// @param data where the dataset is read from
/// @param family the family of models, say `diffmm`
/// @param artifacts directory of published models
/// @param name the model's name among them; the name of the dataset's folder if absent
/// @param epochs at most; the settings' number if absent
/// @param config a preset's name or a YAML file; the family's first preset if absent
/// @param device `auto`, `cpu`, `gpu` or `gpu:N`
/// @param resume whether to go on from the checkpoint of a run that was interrupted
/// @param indexFrom number of items from which an index is built
/// @param gate what the model must reach to be published
/// @param beside versions of other models, trained on the same data, whose views join the blend
/// @param search whether to look for better settings first
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
        List<Path> beside,
        Optional<SearchRequest> search) {

    /// Checks what can be checked before anything is read.
    ///
    /// @throws IllegalArgumentException naming what is wrong
    public TrainingRequest {
        beside = List.copyOf(beside);
        DeviceChoice.parse(device);
        TrainerFamily.named(family);
        if (epochs.isPresent() && epochs.getAsInt() < 1) {
            throw new IllegalArgumentException("--epochs is %d; need at least 1".formatted(epochs.getAsInt()));
        }
        if (indexFrom < 1) {
            throw new IllegalArgumentException("--index-from is %d; need at least 1".formatted(indexFrom));
        }
        String modelName = SafeName.require("model name", name.orElseGet(() -> folder(data)));
        if (search.isPresent() && resume) {
            throw new IllegalArgumentException(
                    "--search cannot be resumed; to go on with training after a search has finished, give --config %s --resume"
                            .formatted(artifacts.resolve(modelName).resolve(SearchFiles.SETTINGS)));
        }
    }

    private static String folder(DatasetSource data) {
        return data.folder()
                .map(folder ->
                        String.valueOf(folder.toAbsolutePath().normalize().getFileName()))
                .orElseThrow(() -> new IllegalArgumentException(
                        "--data is a database alone, which gives the model no name; give one, --name NAME"));
    }

    /// The name to publish under.
    public String modelName() {
        return name.orElseGet(() -> folder(data));
    }
}
