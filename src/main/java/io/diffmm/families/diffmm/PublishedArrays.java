package io.diffmm.families.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.diffmm.families.denoiser.DenoisedRows;
import io.diffmm.safetensors.Tensors;
import java.util.List;

/// Arrays of a published DiffMM: names (except those of the parameters), shapes and checks.
public final class PublishedArrays {

    /// Number of neighbours of each item in the interaction graph, itself included, `[I]` int32.
    public static final String DEGREE = "item.degree";

    /// Mean embedding of each item's users, `[I, d]`; see [EmbeddingTable#itemUserMeans].
    public static final String AUDIENCE = "item.audience";

    /// `H_i`, `[I, d]`.
    public static final String LAST = "item.last";

    private static final String GENERATED_DEGREE = "item.generated-degree.";
    private static final String DENOISER = "denoiser.";
    private static final String MAP = "map.";
    private static final String WEIGHT = ".weight";

    private PublishedArrays() {}

    /// Name of `norm(F_m)`, `[I, d]`.
    public static String mapped(String modality) {
        return "item.mapped." + modality;
    }

    /// Name of the number of neighbours of each item in the generated graph of a modality, itself included, `[I]`
    /// int32.
    public static String generatedDegree(String modality) {
        return GENERATED_DEGREE + modality;
    }

    /// Name of the items' rows of `Abar^l H0`, `[I, d]`.
    public static String layer(int layer) {
        return "item.layer." + layer;
    }

    /// Prefix of the parameters of a modality's denoiser.
    public static String denoiser(String modality) {
        return DENOISER + modality + ".";
    }

    /// Returns the names of the modalities of published arrays, sorted.
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
            throw new IllegalArgumentException("array 'map.<modality>.weight' is missing for every modality");
        }
        long size = settings.embeddingSize();
        long items = Tensors.require(arrays, GraphParameters.ITEMS).getShape().get(0);
        long users = Tensors.require(arrays, GraphParameters.USERS).getShape().get(0);
        Tensors.require(arrays, GraphParameters.USERS, users, size);
        Tensors.require(arrays, GraphParameters.ITEMS, items, size);
        Tensors.require(arrays, GraphParameters.MODALITIES, modalities.size());
        Tensors.requireCounts(arrays, DEGREE, items);
        Tensors.require(arrays, AUDIENCE, items, size);
        Tensors.require(arrays, LAST, items, size);
        for (int layer = 0; layer < settings.layers(); layer++) {
            Tensors.require(arrays, layer(layer), items, size);
        }
        for (String modality : modalities) {
            Tensors.require(arrays, mapped(modality), items, size);
            Tensors.requireCounts(arrays, generatedDegree(modality), items);
            DenoisedRows.requireDenoiser(arrays, denoiser(modality), items, settings.diffusion());
        }
        arrays.stream().filter(array -> !isDegree(array.getName())).forEach(Tensors::requireFinite);
    }

    private static boolean isDegree(String name) {
        return name.equals(DEGREE) || name.startsWith(GENERATED_DEGREE);
    }
}
