package io.diffmm.training;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.Dataset;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/// How one family of models is trained; found by the family's name.
///
/// Families register themselves as services, one line in `META-INF/services`.
public interface TrainerFamily {

    /// What `--model` calls it.
    String name();

    /// The names of its presets, the default first; each is a file in `presets/`.
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
    record Schedule(int epochs, int patience) {}

    /// The family of that name.
    ///
    /// @throws IllegalArgumentException if there is none
    static TrainerFamily named(String name) {
        List<TrainerFamily> families = ServiceLoader.load(TrainerFamily.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        return families.stream()
                .filter(family -> family.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no model '%s' to train; known: %s"
                        .formatted(
                                name, families.stream().map(TrainerFamily::name).toList())));
    }
}
