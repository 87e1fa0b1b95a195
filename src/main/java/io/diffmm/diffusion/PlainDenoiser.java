package io.diffmm.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.diffmm.engine.EngineArrays;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// [Denoiser] at one step t, up to the input of its output layer, in float64 and plain Java:
/// `f = phi(x W + tau_t)`.
///
/// The engine rounds a row differently in batches of different sizes and on different processors. Here
/// the additions have a fixed order, so that a row has the same features in any batch and on any machine.
///
/// Shapes: I items, H the first hidden layer, F the last one. Memory: copies the weights of all layers
/// but the last into memory of the manager passed to the constructor. Thread-safe.
public final class PlainDenoiser {

    private final Matrix items; // W [I, H]
    private final double[] stepTerm; // tau_t [H]
    private final List<Layer> between;

    /// Copies a denoiser.
    ///
    /// @param step t
    /// @param owner owner of the copies; must stay open while this object is in use
    public PlainDenoiser(Denoiser denoiser, int step, NDManager owner) {
        this.items = Matrix.of(denoiser.items(), owner);
        this.between =
                denoiser.between().stream().map(layer -> Layer.of(layer, owner)).toList();
        float[] sinusoid =
                new StepEmbedding((int) denoiser.stepBias().getShape().get(0)).of(step);
        Layer embedding = Layer.of(new Denoiser.Layer(denoiser.stepWeight(), denoiser.stepBias()), owner);
        Layer first = Layer.of(new Denoiser.Layer(denoiser.steps(), denoiser.bias()), owner);
        double[] input = new double[sinusoid.length];
        for (int at = 0; at < input.length; at++) {
            input[at] = sinusoid[at];
        }
        this.stepTerm = first.apply(embedding.apply(input));
    }

    /// Adds a multiple of a sparse row's product with the first layer to a vector: `total += factor x W`.
    ///
    /// @param total `[H]`
    /// @param columns columns of the nonzero entries of the row
    /// @param values nonzero entries, in the order of `columns`
    public void addProduct(double[] total, double factor, int[] columns, double[] values) {
        for (int at = 0; at < columns.length; at++) {
            items.addTo(total, columns[at], factor * values[at]);
        }
    }

    /// Returns a vector of zeros, `[H]`, for [#addProduct].
    public double[] zeros() {
        return new double[stepTerm.length];
    }

    /// Computes the features of a row.
    ///
    /// @param product `x W`, `[H]`
    /// @return f, `[F]`
    public double[] features(double[] product) {
        double[] value = new double[stepTerm.length];
        for (int at = 0; at < value.length; at++) {
            value[at] = StrictMath.tanh(product[at] + stepTerm[at]);
        }
        for (Layer layer : between) {
            value = layer.apply(value);
            for (int at = 0; at < value.length; at++) {
                value[at] = StrictMath.tanh(value[at]);
            }
        }
        return value;
    }

    /// Affine layer, `y = x W + b`.
    private record Layer(Matrix weight, Matrix bias) {

        static Layer of(Denoiser.Layer layer, NDManager owner) {
            return new Layer(Matrix.of(layer.weight(), owner), Matrix.of(layer.bias(), owner));
        }

        double[] apply(double[] input) {
            double[] output = new double[bias.columns()];
            bias.addTo(output, 0, 1);
            for (int in = 0; in < input.length; in++) {
                weight.addTo(output, in, input[in]);
            }
            return output;
        }
    }

    /// Matrix of float32, row by row; a vector is a matrix of one row.
    private record Matrix(MemorySegment values, int columns) {

        static Matrix of(NDArray array, NDManager owner) {
            long[] shape = array.getShape().getShape();
            return new Matrix(EngineArrays.copied(array, owner), (int) shape[shape.length - 1]);
        }

        /// Adds a multiple of a row to a vector.
        void addTo(double[] total, int row, double factor) {
            long start = (long) row * columns;
            for (int at = 0; at < columns; at++) {
                total[at] += factor * values.getAtIndex(ValueLayout.JAVA_FLOAT, start + at);
            }
        }
    }
}
