package io.diffmm.model.ldiffrec;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.diffmm.model.Tensors;

/// What serving needs of the autoencoder: `mean = tanh(x W + b)`, `scores = z V + v`.
///
/// Shapes: I items, L numbers of a latent row. Memory: refers to arrays that somebody else owns.
///
/// @param weight of the encoder, `[I, L]`; zero where the group of an item is not that of a number
/// @param bias of the encoder, `[L]`
/// @param decoder `[L, I]`
/// @param decoderBias `[I]`
public record Autoencoder(NDArray weight, NDArray bias, NDArray decoder, NDArray decoderBias) {

    private static final String WEIGHT = "encoder.weight";
    private static final String BIAS = "encoder.bias";
    private static final String DECODER = "decoder.weight";
    private static final String DECODER_BIAS = "decoder.bias";

    /// Its arrays under their names.
    public NDList parameters() {
        return new NDList(
                named(weight, WEIGHT), named(bias, BIAS), named(decoder, DECODER), named(decoderBias, DECODER_BIAS));
    }

    private static NDArray named(NDArray array, String name) {
        array.setName(name);
        return array;
    }

    /// The autoencoder in arrays read from a file.
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

    /// I.
    int items() {
        return (int) weight.getShape().get(0);
    }
}
