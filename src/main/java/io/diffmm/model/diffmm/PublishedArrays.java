package io.diffmm.model.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.diffmm.model.Tensors;
import io.diffmm.model.denoiser.DenoiserArrays;
import java.util.List;

/// What is expected of the arrays of a published DiffMM: which there are, their shapes, and finite values.
final class PublishedArrays {

    private static final String MAP = "map.";
    private static final String WEIGHT = ".weight";

    private PublishedArrays() {}

    /// The names of the modalities, sorted as everywhere.
    static List<String> modalities(NDList arrays) {
        return arrays.stream()
                .map(NDArray::getName)
                .filter(name -> name.startsWith(MAP) && name.endsWith(WEIGHT))
                .map(name -> name.substring(MAP.length(), name.length() - WEIGHT.length()))
                .sorted()
                .toList();
    }

    /// Checks arrays read from a file.
    ///
    /// @throws IllegalArgumentException naming the array that is missing, has another shape, or is not finite
    static void check(NDList arrays, DiffMmSettings settings) {
        List<String> modalities = modalities(arrays);
        if (modalities.isEmpty()) {
            throw new IllegalArgumentException("there is no array 'map.<modality>.weight', so no modality");
        }
        long size = settings.embeddingSize();
        long items = Tensors.require(arrays, GraphParameters.ITEMS).getShape().get(0);
        long users = Tensors.require(arrays, GraphParameters.USERS).getShape().get(0);
        Tensors.require(arrays, GraphParameters.USERS, users, size);
        Tensors.require(arrays, GraphParameters.ITEMS, items, size);
        Tensors.require(arrays, GraphParameters.MODALITIES, modalities.size());
        Tensors.requireCounts(arrays, WeightNames.DEGREE, items);
        Tensors.require(arrays, WeightNames.AUDIENCE, items, size);
        Tensors.require(arrays, WeightNames.LAST, items, size);
        for (int layer = 0; layer < settings.layers(); layer++) {
            Tensors.require(arrays, WeightNames.layer(layer), items, size);
        }
        for (String modality : modalities) {
            Tensors.require(arrays, WeightNames.mapped(modality), items, size);
            Tensors.requireCounts(arrays, WeightNames.generatedDegree(modality), items);
            DenoiserArrays.check(arrays, WeightNames.denoiser(modality), items, settings.diffusion());
        }
        arrays.stream().filter(array -> !WeightNames.isDegree(array.getName())).forEach(Tensors::requireFinite);
    }
}
