package io.diffmm.model.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.util.ArrayList;
import java.util.List;

/// The items' side of a trained DiffMM, and the embeddings of the trained users: all that a user's row needs from the
/// graph.
///
/// Where an item is a neighbour of the user, its state is kept divided by the root of the item's degree, its half of a
/// normalised edge. In plain Java, so that it outlives every native array it came from. Shapes: U users, I items, d
/// embedding.
///
/// @param users `E_u`, `[U, d]`
/// @param audiences the mean `E_u` of each item's users, as [Audiences] has it, `[I, d]`; zero for an item without
/// users
/// @param mapped `norm(F_m)` over the root of the degree, of each modality, `[I, d]`
/// @param embeddings `E_i` over the root of the degree, `[I, d]`
/// @param generated `E_i` over the root of the degree in each modality's generated graph, `[I, d]`
/// @param layers `Abar^l H0` of the items over the root of the degree for l = 0..L-1, `[I, d]`
/// @param modalityWeights kappa, M weights
record ItemStates(
        Table users,
        Table audiences,
        List<Table> mapped,
        Table embeddings,
        List<Table> generated,
        List<Table> layers,
        List<Double> modalityWeights) {

    /// The states that published arrays hold.
    static ItemStates of(NDList arrays, List<String> modalities, int layerCount) {
        int[] degrees = arrays.get(WeightNames.DEGREE).toIntArray();
        Table embeddings = Table.of(arrays.get(GraphParameters.ITEMS));
        List<Table> mapped = new ArrayList<>();
        List<Table> generated = new ArrayList<>();
        for (String modality : modalities) {
            mapped.add(Table.of(arrays.get(WeightNames.mapped(modality))).overRootOf(degrees));
            generated.add(embeddings.overRootOf(
                    arrays.get(WeightNames.generatedDegree(modality)).toIntArray()));
        }
        List<Table> layers = new ArrayList<>();
        for (int layer = 0; layer < layerCount; layer++) {
            layers.add(Table.of(arrays.get(WeightNames.layer(layer))).overRootOf(degrees));
        }
        return new ItemStates(
                Table.of(arrays.get(GraphParameters.USERS)),
                Table.of(arrays.get(WeightNames.AUDIENCE)),
                mapped,
                embeddings.overRootOf(degrees),
                generated,
                layers,
                softmax(arrays.get(GraphParameters.MODALITIES)));
    }

    private static List<Double> softmax(NDArray logits) {
        float[] values = logits.toFloatArray();
        double total = 0;
        for (float value : values) {
            total += Math.exp(value);
        }
        List<Double> weights = new ArrayList<>();
        for (float value : values) {
            weights.add(Math.exp(value) / total);
        }
        return weights;
    }
}
