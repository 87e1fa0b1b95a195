package io.diffmm.model.denoiser;

import ai.djl.ndarray.NDList;
import io.diffmm.model.Tensors;
import java.util.List;

/// What is expected of the arrays of a published denoiser.
public final class DenoiserArrays {

    private DenoiserArrays() {}

    /// Checks that arrays are there, and their shapes.
    ///
    /// @param prefix of their names
    /// @param width of the rows that it denoises
    /// @throws IllegalArgumentException naming the array that is missing or has another shape
    public static void check(NDList arrays, String prefix, long width, DenoiserSettings settings) {
        List<Integer> hidden = settings.hidden();
        int embedding = settings.stepEmbedding();
        Tensors.require(arrays, prefix + "in.items", width, hidden.getFirst());
        Tensors.require(arrays, prefix + "in.steps", embedding, hidden.getFirst());
        Tensors.require(arrays, prefix + "in.bias", hidden.getFirst());
        Tensors.require(arrays, prefix + "step.weight", embedding, embedding);
        Tensors.require(arrays, prefix + "step.bias", embedding);
        for (int layer = 0; layer < hidden.size(); layer++) {
            long out = layer + 1 < hidden.size() ? hidden.get(layer + 1) : width;
            Tensors.require(arrays, prefix + "layer." + layer + ".weight", hidden.get(layer), out);
            Tensors.require(arrays, prefix + "layer." + layer + ".bias", out);
        }
    }
}
