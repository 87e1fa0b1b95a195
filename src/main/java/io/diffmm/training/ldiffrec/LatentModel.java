package io.diffmm.training.ldiffrec;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.model.ldiffrec.Autoencoder;
import io.diffmm.model.ldiffrec.LDiffRecFamily;
import io.diffmm.model.ldiffrec.LDiffRecSettings;

/// L-DiffRec as it is trained: the encoders of mean and log-variance, the decoder, and the denoiser of latent rows.
///
/// Memory: the arrays belong to the manager given at construction.
///
/// @param autoencoder what serving needs of it
/// @param variance weight `[I, L]` of the log-variance's encoders
/// @param varianceBias `[L]`
/// @param mask 1 where the group of an item is that of a latent number, `[I, L]`
record LatentModel(Autoencoder autoencoder, NDArray variance, NDArray varianceBias, NDArray mask, Denoiser denoiser) {

    private static final float BIAS_DEVIATION = 0.001f;

    /// A new model with random weights, drawn from the engine's generator.
    static LatentModel random(NDManager manager, int items, LatentGroups groups, LDiffRecSettings settings) {
        int width = settings.latent().width();
        NDArray mask = groups.mask(manager);
        try (NDManager scope = manager.newSubManager()) {
            NDArray deviations = groups.deviations(scope);
            float decoding = (float) Math.sqrt(2.0 / (width + items));
            var autoencoder = new Autoencoder(
                    encoder(scope, mask, deviations, manager),
                    biases(manager, width),
                    manager.randomNormal(0, decoding, new Shape(width, items), DataType.FLOAT32),
                    biases(manager, items));
            return new LatentModel(
                    autoencoder,
                    encoder(scope, mask, deviations, manager),
                    biases(manager, width),
                    mask,
                    Denoiser.random(
                            manager,
                            width,
                            settings.diffusion().stepEmbedding(),
                            settings.diffusion().hidden()));
        }
    }

    private static NDArray encoder(NDManager scope, NDArray mask, NDArray deviations, NDManager manager) {
        NDArray weight = scope.randomNormal(0, 1, mask.getShape(), DataType.FLOAT32)
                .mul(deviations)
                .mul(mask);
        weight.attach(manager);
        return weight;
    }

    private static NDArray biases(NDManager manager, int size) {
        return manager.randomNormal(0, BIAS_DEVIATION, new Shape(size), DataType.FLOAT32);
    }

    /// Everything but the denoiser, in the order in which the step's gradients come.
    NDList autoencoderWeights() {
        NDList parameters = autoencoder.parameters();
        variance.setName("variance.weight");
        varianceBias.setName("variance.bias");
        parameters.add(2, variance);
        parameters.add(3, varianceBias);
        return parameters;
    }

    NDList denoiserWeights() {
        return denoiser.parameters(LDiffRecFamily.DENOISER);
    }

    /// What is published.
    NDList published() {
        NDList published = autoencoder.parameters();
        published.addAll(denoiserWeights());
        return published;
    }

    /// Every parameter.
    NDList parameters() {
        NDList parameters = autoencoderWeights();
        parameters.addAll(denoiserWeights());
        return parameters;
    }
}
