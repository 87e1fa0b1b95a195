package io.diffmm.training;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.Dataset;
import io.diffmm.model.ModelFamily;
import io.diffmm.model.Views;
import io.diffmm.retrieval.SearchSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A family of models with the way it is trained.
///
/// Registered as a [ModelFamily], by its one line.
public interface TrainerFamily extends ModelFamily {

    /// The family as serving knows it.
    ModelFamily model();

    @Override
    default String name() {
        return model().name();
    }

    @Override
    default Views load(Path weights, Map<String, Object> settings, NDManager manager, SearchSettings search)
            throws IOException {
        return model().load(weights, settings, manager, search);
    }

    /// The names of its presets, the default first; each is a file in `presets/<family>/`.
    List<String> presets();

    /// Checks settings and says how long they want to train.
    ///
    /// @param settings hyper-parameters, complete
    /// @throws IllegalArgumentException naming the setting that is unknown, missing or wrong
    Schedule schedule(Map<String, Object> settings);

    /// Sets the greatest number of epochs in a tree of settings.
    Map<String, Object> withEpochs(Map<String, Object> settings, int epochs);

    /// The views that a model of this dataset has, beside the linear one.
    List<String> views(Dataset dataset);

    /// A new run.
    ///
    /// @param manager parent of the native arrays, on the device to train with
    /// @throws IllegalArgumentException if the data lack something that the family needs
    TrainingRun open(Dataset dataset, Map<String, Object> settings, long seed, NDManager manager);

    /// How long to train.
    ///
    /// @param epochs at most
    /// @param patience epochs without a better list before training stops
    /// @param interval epochs from one measurement on `valid` to the next
    record Schedule(int epochs, int patience, int interval) {}

    /// The family of that name.
    ///
    /// @throws IllegalArgumentException if there is none that can be trained
    static TrainerFamily named(String name) {
        if (ModelFamily.named(name) instanceof TrainerFamily trainer) {
            return trainer;
        }
        throw new IllegalArgumentException("model '%s' cannot be trained".formatted(name));
    }

    /// All families that can be trained, in the order of their registration.
    static List<TrainerFamily> all() {
        return ModelFamily.all().stream()
                .filter(TrainerFamily.class::isInstance)
                .map(TrainerFamily.class::cast)
                .toList();
    }
}
