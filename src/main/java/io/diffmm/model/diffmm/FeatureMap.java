package io.diffmm.model.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import io.diffmm.datasets.FeatureMatrix;
import java.util.Optional;

/// The map of one modality's raw features `[I, f]` to `F_m`, `[I, d]`.
///
/// @param weight `[f, d]`
/// @param bias `[d]`, of a linear map only
record FeatureMap(String modality, NDArray weight, Optional<NDArray> bias) {

    private static final float LEAKY_SLOPE = 0.2f;

    /// A linear map starts as PyTorch's `nn.Linear` does, uniform within `1 / sqrt(f)`; a matrix as Xavier uniform.
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

    /// `F_m`.
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
