package io.diffmm.model;

import ai.djl.ndarray.NDManager;
import io.diffmm.retrieval.SearchSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/// A family of models, found by its name: how its published weights become [Views].
///
/// Families are registered as services, by one line each in `META-INF/services`.
public interface ModelFamily {

    /// What `--model` and the manifest call it.
    String name();

    /// Loads published weights.
    ///
    /// @param weights the weights file
    /// @param settings the hyper-parameters, as the manifest has them
    /// @param manager parent of the native arrays, on the device to compute with
    /// @param search how its items are searched
    /// @throws IOException if the file cannot be read
    /// @throws IllegalArgumentException if weights and settings do not belong together
    Views load(Path weights, Map<String, Object> settings, NDManager manager, SearchSettings search) throws IOException;

    /// The family of that name.
    ///
    /// @throws IllegalArgumentException if there is none
    static ModelFamily named(String name) {
        List<ModelFamily> families = all();
        return families.stream()
                .filter(family -> family.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no model '%s'; known: %s"
                        .formatted(
                                name, families.stream().map(ModelFamily::name).toList())));
    }

    /// All families, in the order of their registration.
    static List<ModelFamily> all() {
        return ServiceLoader.load(ModelFamily.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }
}
