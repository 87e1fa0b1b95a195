package io.diffmm.families.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.families.diffmm.RecommendationForm.FeatureMapKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Parameters of the recommendation part of DiffMM.
///
/// Shapes: U users, I items, d embedding, M modalities, f columns of a modality's features. Memory: the caller owns
/// the arrays.
///
/// @param users `E_u`, `[U, d]`
/// @param items `E_i`, `[I, d]`
/// @param modalityLogits kappa before its softmax, `[M]`
/// @param maps feature maps of the modalities, M of them
public record GraphParameters(NDArray users, NDArray items, NDArray modalityLogits, List<FeatureMap> maps) {

    /// Name of `E_u`.
    public static final String USERS = "user.embedding";
    /// Name of `E_i`.
    public static final String ITEMS = "item.embedding";
    /// Name of kappa before its softmax.
    public static final String MODALITIES = "modality.weight";

    public GraphParameters {
        maps = List.copyOf(maps);
    }

    /// Returns random parameters: Xavier uniform, with equal modality weights.
    ///
    /// @param size d
    public static GraphParameters random(
            NDManager manager, int users, List<FeatureMatrix> features, FeatureMapKind map, int size) {
        int items = features.getFirst().rows();
        NDArray userEmbeddings = xavier(manager, users, size);
        NDArray itemEmbeddings = xavier(manager, items, size);
        List<FeatureMap> maps = new ArrayList<>();
        for (FeatureMatrix modality : features) {
            maps.add(FeatureMap.random(manager, map, modality, size));
        }
        NDArray logits = manager.zeros(new Shape(features.size()));
        return new GraphParameters(userEmbeddings, itemEmbeddings, logits, maps);
    }

    /// Returns a matrix of the Xavier uniform distribution, `[rows, columns]`.
    static NDArray xavier(NDManager manager, int rows, int columns) {
        float bound = (float) Math.sqrt(6.0 / (rows + columns));
        return manager.randomUniform(-bound, bound, new Shape(rows, columns), DataType.FLOAT32);
    }

    /// All parameters under their names.
    public NDList parameters() {
        NDList parameters = new NDList();
        users.setName(USERS);
        items.setName(ITEMS);
        modalityLogits.setName(MODALITIES);
        parameters.add(users);
        parameters.add(items);
        parameters.add(modalityLogits);
        maps.forEach(map -> parameters.addAll(map.parameters()));
        return parameters;
    }

    /// Map of one modality's raw features `[I, f]` to `F_m`, `[I, d]`.
    ///
    /// @param weight `[f, d]`
    /// @param bias `[d]`, of a linear map only
    record FeatureMap(String modality, NDArray weight, Optional<NDArray> bias) {

        private static final float LEAKY_SLOPE = 0.2f;

        /// Returns a random map: a linear map is initialised as PyTorch's `nn.Linear`, uniform within
        /// `1 / sqrt(f)`; a matrix as Xavier uniform.
        static FeatureMap random(NDManager manager, FeatureMapKind kind, FeatureMatrix features, int size) {
            String name = features.modality();
            int width = features.columns();
            return switch (kind) {
                case LINEAR -> {
                    float bound = (float) (1 / Math.sqrt(width));
                    NDArray weight = manager.randomUniform(-bound, bound, new Shape(width, size), DataType.FLOAT32);
                    NDArray bias = manager.randomUniform(-bound, bound, new Shape(size), DataType.FLOAT32);
                    yield new FeatureMap(name, weight, Optional.of(bias));
                }
                case LEAKY_RELU -> new FeatureMap(name, GraphParameters.xavier(manager, width, size), Optional.empty());
            };
        }

        NDList parameters() {
            NDList parameters = new NDList();
            weight.setName(weightName(modality));
            parameters.add(weight);
            bias.ifPresent(array -> {
                array.setName(biasName(modality));
                parameters.add(array);
            });
            return parameters;
        }

        /// Computes `F_m`.
        ///
        /// @param features `[I, f]`
        /// @return `[I, d]`
        NDArray apply(NDArray features) {
            NDArray mapped = features.matMul(weight);
            return bias.map(mapped::add).orElseGet(() -> Activation.leakyRelu(mapped, LEAKY_SLOPE));
        }

        private static String weightName(String modality) {
            return "map." + modality + ".weight";
        }

        private static String biasName(String modality) {
            return "map." + modality + ".bias";
        }
    }
}
