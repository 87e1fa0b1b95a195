package io.diffmm.families.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.diffmm.families.denoiser.DenoisedRows;
import io.diffmm.safetensors.Tensors;
import java.util.List;

/// Arrays of a published DiffMM: names (except those of the parameters), shapes and checks.
public final class PublishedArrays {

    /// Number of neighbours of each item in the interaction graph, `[I]` int32: in the published form the
    /// item itself counts, in the form `history` an item without users has 1.
    public static final String DEGREE = "item.degree";

    /// Mean embedding of each item's users, `[I, d]`; see [EmbeddingTable#itemUserMeans].
    public static final String AUDIENCE = "item.audience";

    /// `H_i`, `[I, d]`.
    public static final String LAST = "item.last";

    /// Unit vectors of the items in the form `history`, `[I, V d]`: those of the V views of the score
    /// side by side.
    public static final String VECTORS = "item.vectors";

    /// Lengths of these vectors before normalisation, `[I, V]`.
    public static final String LENGTHS = "item.lengths";

    /// First layer of the bridge, A, `[2 d, h]`.
    public static final String BRIDGE_INNER = "bridge.in.weight";

    /// Bias of the bridge at each step, b, `[T, h]`.
    public static final String BRIDGE_BIAS = "bridge.in.bias";

    /// Last layer of the bridge, B, `[h, d]`.
    public static final String BRIDGE_OUTER = "bridge.out.weight";

    private static final String GENERATED_DEGREE = "item.generated-degree.";
    private static final String DENOISER = "denoiser.";
    private static final String FIRST_LAYER = ".in.items";

    private PublishedArrays() {}

    /// Name of `norm(F_m)`, `[I, d]`.
    public static String mapped(String modality) {
        return "item.mapped." + modality;
    }

    /// Name of the number of neighbours of each item in the generated graph of a modality, counted as
    /// [#DEGREE], `[I]` int32.
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

    /// Returns the names of the modalities of published arrays, those that have a denoiser, sorted.
    static List<String> modalities(NDList arrays) {
        return arrays.stream()
                .map(NDArray::getName)
                .filter(name -> name.startsWith(DENOISER) && name.endsWith(FIRST_LAYER))
                .map(name -> name.substring(DENOISER.length(), name.length() - FIRST_LAYER.length()))
                .sorted()
                .toList();
    }

    /// Checks arrays read from a file.
    ///
    /// @throws IllegalArgumentException naming the array that is missing, has another shape, or is not finite
    static void check(NDList arrays, DiffMmSettings settings) {
        List<String> modalities = modalities(arrays);
        if (modalities.isEmpty()) {
            throw new IllegalArgumentException("array 'denoiser.<modality>.in.items' is missing for every modality");
        }
        long items = switch (settings.recommendation()) {
            case RecommendationForm.Published form -> check(arrays, form, settings.embeddingSize(), modalities);
            case RecommendationForm.History form -> check(arrays, form, settings.embeddingSize(), modalities);
        };
        for (String modality : modalities) {
            DenoisedRows.requireDenoiser(arrays, denoiser(modality), items, settings.diffusion());
        }
        arrays.stream().filter(array -> !isDegree(array.getName())).forEach(Tensors::requireFinite);
    }

    private static long check(NDList arrays, RecommendationForm.Published form, long size, List<String> modalities) {
        long items = Tensors.require(arrays, GraphParameters.ITEMS).getShape().get(0);
        long users = Tensors.require(arrays, GraphParameters.USERS).getShape().get(0);
        Tensors.require(arrays, GraphParameters.USERS, users, size);
        Tensors.require(arrays, GraphParameters.ITEMS, items, size);
        Tensors.require(arrays, GraphParameters.MODALITIES, modalities.size());
        Tensors.requireCounts(arrays, DEGREE, items);
        Tensors.require(arrays, AUDIENCE, items, size);
        Tensors.require(arrays, LAST, items, size);
        for (int layer = 0; layer < form.layers(); layer++) {
            Tensors.require(arrays, layer(layer), items, size);
        }
        for (String modality : modalities) {
            Tensors.require(arrays, mapped(modality), items, size);
            Tensors.requireCounts(arrays, generatedDegree(modality), items);
        }
        return items;
    }

    private static long check(NDList arrays, RecommendationForm.History form, long size, List<String> modalities) {
        long items = Tensors.require(arrays, VECTORS).getShape().get(0);
        int views = form.views(modalities.size());
        Tensors.require(arrays, VECTORS, items, views * size);
        Tensors.require(arrays, LENGTHS, items, views);
        Tensors.requireCounts(arrays, DEGREE, items);
        form.bridge().ifPresent(bridge -> {
            Tensors.require(arrays, BRIDGE_INNER, 2 * size, bridge.hidden());
            Tensors.require(arrays, BRIDGE_BIAS, bridge.steps(), bridge.hidden());
            Tensors.require(arrays, BRIDGE_OUTER, bridge.hidden(), size);
        });
        if (form.modalityGraph() > 0) {
            modalities.forEach(modality -> Tensors.requireCounts(arrays, generatedDegree(modality), items));
        }
        return items;
    }

    private static boolean isDegree(String name) {
        return name.equals(DEGREE) || name.startsWith(GENERATED_DEGREE);
    }
}
