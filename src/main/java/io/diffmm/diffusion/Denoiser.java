package io.diffmm.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;

/// Network that predicts a clean row from a noised one: `xhat = MLP([x_t ; emb(t)])`, with tanh after every layer but
/// the last.
///
/// Shapes: B users, I items, E step embedding, H.. hidden layers. A layer is `y = x W + b` with W `[in, out]`.
/// The weights of the first layer have two parts, `[I, H]` for the row and `[E, H]` for the step, because the row
/// is sparse in serving and the part of the step is constant for each step. Arrays are float32.
///
/// Memory: does not own its arrays. Results attach to the manager of the first argument.
///
/// @param items `[I, H]`
/// @param steps `[E, H]`
/// @param bias `[H]`
/// @param stepWeight `[E, E]`, the linear layer after the sinusoidal embedding
/// @param stepBias `[E]`
/// @param layers the layers after the first: hidden layers, then the output layer `[H, I]`, `[I]`
public record Denoiser(
        NDArray items, NDArray steps, NDArray bias, NDArray stepWeight, NDArray stepBias, List<Layer> layers) {

    private static final float BIAS_DEVIATION = 0.001f;

    /// Affine layer, `y = x W + b`.
    ///
    /// @param weight `[in, out]`
    /// @param bias `[out]`
    public record Layer(NDArray weight, NDArray bias) {

        /// Returns `input W + b`, `[B, out]`, attached to the manager of `input`.
        public NDArray apply(NDArray input) {
            return input.matMul(weight).add(bias);
        }
    }

    public Denoiser {
        layers = List.copyOf(layers);
    }

    /// Creates a denoiser with normally distributed weights of standard deviation `sqrt(2 / (fan in + fan out))`, and
    /// biases of standard deviation 0.001.
    ///
    /// @param hidden widths of the hidden layers, at least one
    public static Denoiser random(NDManager manager, int itemCount, int embeddingSize, List<Integer> hidden) {
        int first = hidden.getFirst();
        int fans = itemCount + embeddingSize + first;
        List<Layer> layers = new ArrayList<>();
        for (int l = 0; l < hidden.size(); l++) {
            int out = l + 1 < hidden.size() ? hidden.get(l + 1) : itemCount;
            layers.add(new Layer(weight(manager, hidden.get(l), out, hidden.get(l) + out), biases(manager, out)));
        }
        return new Denoiser(
                weight(manager, itemCount, first, fans),
                weight(manager, embeddingSize, first, fans),
                biases(manager, first),
                weight(manager, embeddingSize, embeddingSize, 2 * embeddingSize),
                biases(manager, embeddingSize),
                layers);
    }

    private static NDArray weight(NDManager manager, int in, int out, int fans) {
        return manager.randomNormal(0, (float) Math.sqrt(2.0 / fans), new Shape(in, out), DataType.FLOAT32);
    }

    private static NDArray biases(NDManager manager, int size) {
        return manager.randomNormal(0, BIAS_DEVIATION, new Shape(size), DataType.FLOAT32);
    }

    /// Copies the denoiser and its arrays.
    ///
    /// @param manager owner of the copies
    public Denoiser copy(NDManager manager) {
        List<Layer> copies = layers.stream()
                .map(layer -> new Layer(copy(layer.weight(), manager), copy(layer.bias(), manager)))
                .toList();
        return new Denoiser(
                copy(items, manager),
                copy(steps, manager),
                copy(bias, manager),
                copy(stepWeight, manager),
                copy(stepBias, manager),
                copies);
    }

    private static NDArray copy(NDArray array, NDManager manager) {
        NDArray copy = array.duplicate();
        copy.attach(manager);
        return copy;
    }

    /// Predicts clean rows.
    ///
    /// @param noised `x_t`, `[B, I]`
    /// @param stepEmbeddings `emb(t)` for each row, `[B, E]`
    /// @return `xhat`, `[B, I]`
    public NDArray predict(NDArray noised, NDArray stepEmbeddings) {
        try (NDManager scope = noised.getManager().newSubManager()) {
            scope.tempAttachAll(noised, stepEmbeddings);
            NDArray hidden = noised.matMul(items).addi(stepTerm(stepEmbeddings)).tanh(); // [B, H]
            return scope.ret(output().apply(beforeOutput(hidden))); // [B, I]
        }
    }

    /// Returns the contribution of `emb(t)` to the first layer, including the bias.
    ///
    /// @param stepEmbeddings `[B, E]`
    /// @return `[B, H]`
    NDArray stepTerm(NDArray stepEmbeddings) {
        return stepEmbeddings.matMul(stepWeight).add(stepBias).matMul(steps).add(bias);
    }

    /// Applies the layers between the first layer's activation and the output layer.
    NDArray beforeOutput(NDArray hidden) {
        NDArray value = hidden;
        for (Layer layer : between()) {
            value = layer.apply(value).tanh();
        }
        return value;
    }

    /// Returns the hidden layers between the first and the output layer.
    List<Layer> between() {
        return layers.subList(0, layers.size() - 1);
    }

    /// Returns the output layer, `[F, I]`.
    public Layer output() {
        return layers.getLast();
    }

    /// Returns all parameters, named with a prefix: `in.items`, `in.steps`, `in.bias`, `step.weight`, `step.bias`,
    /// `layer.0.weight`, `layer.0.bias` and so on.
    public NDList parameters(String prefix) {
        NDList parameters = new NDList();
        parameters.add(named(items, prefix + "in.items"));
        parameters.add(named(steps, prefix + "in.steps"));
        parameters.add(named(bias, prefix + "in.bias"));
        parameters.add(named(stepWeight, prefix + "step.weight"));
        parameters.add(named(stepBias, prefix + "step.bias"));
        for (int l = 0; l < layers.size(); l++) {
            parameters.add(named(layers.get(l).weight(), prefix + "layer." + l + ".weight"));
            parameters.add(named(layers.get(l).bias(), prefix + "layer." + l + ".bias"));
        }
        return parameters;
    }

    /// Creates the denoiser whose parameters are in `arrays`, with the names that [#parameters] assigns.
    public static Denoiser of(NDList arrays, String prefix) {
        List<Layer> layers = new ArrayList<>();
        for (int l = 0; arrays.contains(prefix + "layer." + l + ".weight"); l++) {
            layers.add(new Layer(
                    arrays.get(prefix + "layer." + l + ".weight"), arrays.get(prefix + "layer." + l + ".bias")));
        }
        return new Denoiser(
                arrays.get(prefix + "in.items"),
                arrays.get(prefix + "in.steps"),
                arrays.get(prefix + "in.bias"),
                arrays.get(prefix + "step.weight"),
                arrays.get(prefix + "step.bias"),
                layers);
    }

    private static NDArray named(NDArray array, String name) {
        array.setName(name);
        return array;
    }
}
