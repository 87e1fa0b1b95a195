package io.diffmm.families.denoiser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDList;
import io.diffmm.diffusion.Denoiser;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// Denoiser in float64 and plain Java, with central differences of its losses.
public final class DenoiserOracle {

    private static final double STEP = 1e-5;

    private final NDList named;
    private final List<double[]> parameters = new ArrayList<>();

    DenoiserOracle(Denoiser denoiser) {
        this(denoiser.parameters(""));
    }

    /// Oracle of a model's parameters.
    public DenoiserOracle(NDList named) {
        this.named = named;
        named.forEach(parameter -> parameters.add(doubles(parameter.toFloatArray())));
    }

    /// Computes the output of a denoiser for a row.
    ///
    /// @param parameters in the order of [Denoiser#parameters]
    public static double[] predicted(List<double[]> parameters, double[] row, double[] sinusoid) {
        double[] step = affine(sinusoid, parameters.get(3), parameters.get(4));
        double[] value = affine(row, parameters.get(0), affine(step, parameters.get(1), parameters.get(2)));
        for (int layer = 5; layer < parameters.size(); layer += 2) {
            value = affine(tanh(value), parameters.get(layer), parameters.get(layer + 1));
        }
        return value;
    }

    /// `-sum_i y_i log softmax(predicted)_i`, without the items of the input.
    public static double surprise(double[] predicted, double[] shown, double[] targets) {
        double powers = 0;
        for (int item = 0; item < predicted.length; item++) {
            powers += shown[item] > 0 ? 0 : Math.exp(predicted[item]);
        }
        double total = 0;
        for (int item = 0; item < predicted.length; item++) {
            total -= targets[item] * (predicted[item] - Math.log(powers));
        }
        return total;
    }

    private static double[] affine(double[] input, double[] weight, double[] bias) {
        double[] output = bias.clone();
        for (int in = 0; in < input.length; in++) {
            for (int out = 0; out < output.length; out++) {
                output[out] += input[in] * weight[in * output.length + out];
            }
        }
        return output;
    }

    private static double[] tanh(double[] values) {
        return Arrays.stream(values).map(Math::tanh).toArray();
    }

    /// Compares a program's loss and gradients with those of a formula.
    ///
    /// @param results the loss, then the gradient of every parameter
    /// @param loss of parameters in the order of [Denoiser#parameters]
    public void assertMatches(NDList results, ToDoubleFunction<List<double[]>> loss) {
        assertThat((double) results.getFirst().getFloat()).isCloseTo(loss.applyAsDouble(parameters), within(1e-5));
        assertThat(results).hasSize(1 + parameters.size());
        for (int p = 0; p < parameters.size(); p++) {
            assertThat(results.get(p + 1).getShape()).isEqualTo(named.get(p).getShape());
            float[] gradient = results.get(p + 1).toFloatArray();
            for (int at = 0; at < gradient.length; at++) {
                assertThat((double) gradient[at])
                        .as("%s[%d]", named.get(p).getName(), at)
                        .isCloseTo(slope(parameters.get(p), at, loss), within(1e-5));
            }
        }
    }

    /// A formula's value.
    double loss(ToDoubleFunction<List<double[]>> loss) {
        return loss.applyAsDouble(parameters);
    }

    private double slope(double[] parameter, int at, ToDoubleFunction<List<double[]>> loss) {
        double kept = parameter[at];
        parameter[at] = kept + STEP;
        double above = loss.applyAsDouble(parameters);
        parameter[at] = kept - STEP;
        double below = loss.applyAsDouble(parameters);
        parameter[at] = kept;
        return (above - below) / (2 * STEP);
    }

    /// The same numbers in float64.
    public static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        Arrays.setAll(doubles, at -> values[at]);
        return doubles;
    }
}
