package io.diffmm.training;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.Dataset;
import io.diffmm.model.ModelFamily;
import java.util.List;
import java.util.ServiceLoader;

/// Training of a family of models.
///
/// Trainers are services, registered by one line each in `META-INF/services/io.diffmm.training.TrainerFamily`. Presets
/// and search space are resources: `presets/<family>/index.yaml` lists the presets, the default first, and the values
/// to search; each preset is a file `presets/<family>/<preset>.yaml`.
///
/// @param <S> hyper-parameters of the family
public interface TrainerFamily<S extends Record> {

    /// Family for serving.
    ModelFamily<S> model();

    /// Name of the family.
    default String name() {
        return model().name();
    }

    /// Names of the presets, the default first.
    default List<String> presets() {
        return SettingsFile.presets(name());
    }

    /// Length of the training.
    Schedule schedule(S settings);

    /// Returns the same settings with another maximum number of epochs.
    S withEpochs(S settings, int epochs);

    /// Names of the views of a model of this dataset, except the linear one: by default one view with the family's
    /// name.
    default List<String> views(Dataset dataset, S settings) {
        return List.of(name());
    }

    /// Opens a new run.
    ///
    /// @param manager parent of the native arrays, on the device to train with
    /// @throws IllegalArgumentException if the dataset lacks data that the family needs
    TrainingRun open(Dataset dataset, S settings, long seed, NDManager manager);

    /// Length of a training.
    ///
    /// @param epochs maximum number of epochs
    /// @param patience epochs without improvement before training stops
    /// @param interval epochs between two measurements on `valid`
    /// @param keptFrom first epoch whose weights may be kept; before it, training does not stop early
    record Schedule(int epochs, int patience, int interval, int keptFrom) {

        /// Returns the length of a training that may keep any epoch.
        public Schedule(int epochs, int patience, int interval) {
            this(epochs, patience, interval, 1);
        }
    }

    /// Returns the trainer of a family.
    ///
    /// @throws IllegalArgumentException if there is none
    static TrainerFamily<?> named(String name) {
        List<TrainerFamily<?>> families = all();
        return families.stream()
                .filter(family -> family.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown model family '%s'; model families: %s"
                        .formatted(
                                name,
                                families.stream().map(family -> family.name()).toList())));
    }

    /// Returns the trainers of all families, in the order of their registration.
    static List<TrainerFamily<?>> all() {
        return ServiceLoader.load(TrainerFamily.class).stream()
                .<TrainerFamily<?>>map(ServiceLoader.Provider::get)
                .toList();
    }
}
