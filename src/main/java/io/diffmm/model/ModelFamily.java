package io.diffmm.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.ItemSearches.IndexFiles;
import io.diffmm.retrieval.SearchSettings;
import io.diffmm.safetensors.Tensors;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/// Family of models for serving: from published weights and settings to [ScoringModel].
///
/// Families are services, registered by one line each in `META-INF/services/io.diffmm.model.ModelFamily`. A serving
/// process loads no trainer; `training.TrainerFamily` is a separate service.
///
/// @param <S> hyper-parameters of the family
public interface ModelFamily<S extends Record> {

    /// Name of the family in `--model` and in manifests.
    String name();

    /// Parses and checks hyper-parameters.
    ///
    /// @param tree hyper-parameters as in a settings file or manifest
    /// @throws IllegalArgumentException naming the setting that is unknown, missing or wrong
    S settings(Map<String, Object> tree);

    /// Builds the model from its published arrays, after checking them.
    ///
    /// @param arrays arrays as read; the family closes those it does not need any longer
    /// @param searches opens the searches over the items
    /// @param manager owner of the arrays; closed with the returned model
    /// @throws IllegalArgumentException naming the array that is missing or wrong
    ScoringModel views(NDList arrays, S settings, ItemSearches searches, NDManager manager);

    /// Loads published weights.
    ///
    /// @param files weights file, and the indexes beside it
    /// @param settings hyper-parameters as in the manifest
    /// @param parent parent of the native arrays, on the device to compute with
    /// @param search how items are searched
    /// @throws IOException if the file cannot be read
    /// @throws IllegalArgumentException if weights and settings do not belong together
    default ScoringModel load(IndexFiles files, Map<String, Object> settings, NDManager parent, SearchSettings search)
            throws IOException {
        S parsed = settings(settings);
        NDManager manager = parent.newSubManager();
        try {
            NDList arrays = Tensors.read(files.weights(), manager);
            ScoringModel views = views(arrays, parsed, ItemSearches.of(files, search, manager), manager);
            manager.cap(); // an array attached to the model's own manager later would be a leak, and is refused
            return views;
        } catch (IOException | RuntimeException | Error e) {
            manager.close();
            throw e;
        }
    }

    /// Returns the family of a name.
    ///
    /// @throws IllegalArgumentException if there is none
    static ModelFamily<?> named(String name) {
        List<ModelFamily<?>> families = all();
        return families.stream()
                .filter(family -> family.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown model family '%s'; model families: %s"
                        .formatted(
                                name,
                                families.stream().map(family -> family.name()).toList())));
    }

    /// Returns all families, in the order of their registration.
    static List<ModelFamily<?>> all() {
        return ServiceLoader.load(ModelFamily.class).stream()
                .<ModelFamily<?>>map(ServiceLoader.Provider::get)
                .toList();
    }
}
