package io.diffmm.families.ldiffrec;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.safetensors.Tensors;

/// Parameters of L-DiffRec in training: encoders of mean and log-variance, decoder, and denoiser of latent rows.
///
/// Memory: the arrays belong to the manager passed to [#random].
///
/// @param autoencoder part of the autoencoder that serving needs
/// @param variance weight of the encoders of the log-variance, `[I, L]`
/// @param varianceBias `[L]`
/// @param mask 1 where an item and a latent dimension are of one group, `[I, L]`
record LatentModel(Autoencoder autoencoder, NDArray variance, NDArray varianceBias, NDArray mask, Denoiser denoiser) {

    private static final float BIAS_DEVIATION = 0.001f;

    /// Returns a new model with random weights, drawn from the engine's generator.
    static LatentModel random(NDManager manager, int items, ItemGroups groups, LDiffRecSettings settings) {
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

    /// Parameters of the autoencoder, in the order of the step's gradients.
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

    /// Arrays to publish.
    NDList published() {
        NDList published = autoencoder.parameters();
        published.addAll(denoiserWeights());
        return published;
    }

    /// All parameters.
    NDList parameters() {
        NDList parameters = autoencoderWeights();
        parameters.addAll(denoiserWeights());
        return parameters;
    }

    /// Part of the autoencoder that serving needs: `mean = tanh(x W + b)`, `scores = z V + v`.
    ///
    /// Shapes: I items, L dimensions of a latent row. Memory: the caller owns the arrays.
    ///
    /// @param weight weight of the encoder, `[I, L]`; zero where item and dimension are of different groups
    /// @param bias bias of the encoder, `[L]`
    /// @param decoder `[L, I]`
    /// @param decoderBias `[I]`
    record Autoencoder(NDArray weight, NDArray bias, NDArray decoder, NDArray decoderBias) {

        private static final String WEIGHT = "encoder.weight";
        private static final String BIAS = "encoder.bias";
        private static final String DECODER = "decoder.weight";
        private static final String DECODER_BIAS = "decoder.bias";

        /// Arrays under their names.
        NDList parameters() {
            return new NDList(
                    named(weight, WEIGHT),
                    named(bias, BIAS),
                    named(decoder, DECODER),
                    named(decoderBias, DECODER_BIAS));
        }

        private static NDArray named(NDArray array, String name) {
            array.setName(name);
            return array;
        }

        /// Returns the autoencoder in arrays read from a file.
        ///
        /// @param width L
        /// @throws IllegalArgumentException naming the array that is missing or has another shape
        static Autoencoder of(NDList arrays, int width) {
            long items = Tensors.require(arrays, WEIGHT).getShape().get(0);
            return new Autoencoder(
                    Tensors.require(arrays, WEIGHT, items, width),
                    Tensors.require(arrays, BIAS, width),
                    Tensors.require(arrays, DECODER, width, items),
                    Tensors.require(arrays, DECODER_BIAS, items));
        }

        /// I, the number of items.
        int items() {
            return (int) weight.getShape().get(0);
        }
    }
}
