package io.diffmm.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.engine.EngineArrays;
import io.diffmm.engine.EngineScript;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Deterministic T-step reverse diffusion of user rows, computed on vectors of the width of the hidden layer.
///
/// The published loop multiplies an I-wide row by two I x H matrices in each of T steps. The denoiser's first layer
/// is linear in `x_t`, its last layer is linear, and so is the posterior mean. With the item weights `W` of the first
/// layer, the output layer `V`, `v`, the contribution `tau_t` of the step, and `phi`, the layers between the first
/// and the last one, the loop becomes:
///
/// ```
/// z_T     = x_T W                                sparse: a sum of |history| rows of W
/// f_t     = phi(z_t + tau_t)
/// z_{t-1} = n_t z_t + o_t (f_t K + k)            K = V W [H, H] and k = v W, computed once
/// x_0     = P x_T + sum_t g_t (f_t V + v)        P = n_T .. n_1, g_t = o_t n_{t-1} .. n_1
/// ```
///
/// where `x_{t-1} = n_t x_t + o_t output` is the posterior mean `c1_t xhat_0 + c2_t x_t` with `xhat_0` as defined by
/// the [Prediction]. If the output is the clean row, `n_1 = 0`, so `x_0 = f_1 V + v`.
///
/// The state of the loop is `y_t = z_t + tau_t`, so that a step adds one vector, which is computed once:
///
/// ```
/// y_{t-1} = n_t y_t + o_t f_t K + s_t            s_t = tau_{t-1} - n_t tau_t + o_t k
/// ```
///
/// The loop starts at `x_T = x_0`, without noise, as in every published setting. The remaining product with V is a
/// maximum inner product search, which `retrieval` performs. Shapes: B users, I items (or the width of a latent row),
/// H the first hidden layer, F the last one. Arrays are float32. The loop runs as one program,
/// `reverse-diffusion.pt`.
///
/// Memory: the manager given at construction owns the program. The program keeps `W`, the layers between, `K` and the
/// `s_t` alive, but not the output layer. Thread-safe.
public final class HiddenReverseDiffusion implements AutoCloseable {

    private final EngineScript program;
    private final double outputShare; // sum_t g_t
    private final double rowShare; // P

    /// Computes `K` and the `s_t` of a trained denoiser.
    ///
    /// @param manager owner of the program; must stay open while this object is in use
    public HiddenReverseDiffusion(NDManager manager, Denoiser denoiser, NoiseSchedule schedule, Prediction prediction) {
        ReverseCoefficients steps = ReverseCoefficients.of(schedule, prediction);
        outputShare = steps.outputShare();
        rowShare = steps.rowShare();
        program = EngineScript.load("reverse-diffusion", manager);
        try (NDManager scope = manager.newSubManager()) {
            Denoiser.Layer output = denoiser.output();
            NDArray stepTerms = stepTerms(denoiser, schedule, scope);
            program.call(
                    "prepare",
                    scope,
                    denoiser.items(),
                    output.weight(),
                    output.bias(),
                    stepTerms,
                    coefficients(steps, scope));
            for (Denoiser.Layer layer : denoiser.between()) {
                program.call("layer", scope, layer.weight(), layer.bias());
            }
        }
    }

    /// Returns `tau_1 .. tau_T`, `[T, H]`.
    private static NDArray stepTerms(Denoiser denoiser, NoiseSchedule schedule, NDManager scope) {
        StepEmbedding embedding =
                new StepEmbedding((int) denoiser.stepBias().getShape().get(0));
        int[] steps = IntStream.rangeClosed(1, schedule.steps()).toArray();
        return denoiser.stepTerm(embedding.of(steps, scope));
    }

    /// Returns `n_t`, `o_t`, `g_t` for t = 1..T, `[T, 3]`.
    private static NDArray coefficients(ReverseCoefficients steps, NDManager scope) {
        float[] values = new float[3 * steps.count()];
        for (int t = 1; t <= steps.count(); t++) {
            values[3 * (t - 1)] = (float) steps.state(t);
            values[3 * (t - 1) + 1] = (float) steps.output(t);
            values[3 * (t - 1) + 2] = (float) steps.gathered(t);
        }
        return EngineArrays.dense(scope, values, new Shape(steps.count(), 3));
    }

    /// Returns `sum_t g_t`, the coefficient of `v` in a denoised row.
    public double outputShare() {
        return outputShare;
    }

    /// Returns P, the coefficient of the original row in a denoised row; 0 if the output is the clean row.
    public double rowShare() {
        return rowShare;
    }

    /// Runs the loop on sparse rows, up to the input of the output layer: `sum_t g_t f_t`.
    ///
    /// @param rows the users' rows, `[B, I]`
    /// @param manager owner of the result
    /// @return `[B, F]`
    public NDArray features(SparseRows rows, NDManager manager) {
        try (NDManager scope = manager.newSubManager()) {
            return program.call("forward", manager, rows.columns(scope), rows.offsets(scope), rows.values(scope));
        }
    }

    /// Runs the loop on dense rows, up to the input of the output layer: `sum_t g_t f_t`.
    ///
    /// @param rows `[B, I]`
    /// @param manager owner of the result
    /// @return `[B, F]`
    public NDArray features(NDArray rows, NDManager manager) {
        return program.call("dense", manager, rows);
    }

    /// Denoises sparse rows.
    ///
    /// @param rows the users' rows, `[B, I]`
    /// @param output output layer of the denoiser
    /// @param manager owner of the result
    /// @return `x_0`, `[B, I]`
    public NDArray denoised(SparseRows rows, Denoiser.Layer output, NDManager manager) {
        try (NDManager scope = manager.newSubManager()) {
            return kept(complete(features(rows, scope), output, () -> rows.toDense(scope)), manager);
        }
    }

    /// Denoises dense rows.
    ///
    /// @param rows `[B, I]`
    /// @param output output layer of the denoiser
    /// @param manager owner of the result
    /// @return `x_0`, `[B, I]`
    public NDArray denoised(NDArray rows, Denoiser.Layer output, NDManager manager) {
        try (NDManager scope = manager.newSubManager()) {
            return kept(complete(features(rows, scope), output, () -> rows), manager);
        }
    }

    private NDArray complete(NDArray features, Denoiser.Layer output, Supplier<NDArray> rows) {
        NDArray denoised = features.matMul(output.weight()).add(scaled(output.bias(), outputShare(), features));
        return rowShare() == 0 ? denoised : denoised.add(scaled(rows.get(), rowShare(), features));
    }

    /// Returns an array times a factor, attached to the manager of `sibling`.
    private static NDArray scaled(NDArray array, double share, NDArray sibling) {
        return sibling.getManager().create((float) share).mul(array);
    }

    private static NDArray kept(NDArray array, NDManager manager) {
        array.attach(manager);
        return array;
    }

    @Override
    public void close() {
        program.close();
    }

    /// Coefficients of the reverse diffusion in terms of the denoiser's outputs, in float64. Immutable.
    ///
    /// ```
    /// x_{t-1} = n_t x_t + o_t output_t
    /// x_0     = P x_T + sum_t g_t output_t
    /// ```
    static final class ReverseCoefficients {

        private final double[] states; // [T], n_t at t - 1
        private final double[] outputs; // [T], o_t
        private final double[] gathered; // [T], g_t
        private final double rowShare; // P

        private ReverseCoefficients(double[] states, double[] outputs) {
            this.states = states;
            this.outputs = outputs;
            this.gathered = new double[states.length];
            double below = 1; // n_{t-1} .. n_1
            for (int at = 0; at < states.length; at++) {
                gathered[at] = below * outputs[at];
                below *= states[at];
            }
            this.rowShare = below;
        }

        /// Returns the coefficients of a schedule: with `xhat_0 = a_t x_t + b_t output` in the posterior mean
        /// `c1_t xhat_0 + c2_t x_t`, n is `c1_t a_t + c2_t` and o is `c1_t b_t`.
        static ReverseCoefficients of(NoiseSchedule schedule, Prediction prediction) {
            double[] states = new double[schedule.steps()];
            double[] outputs = new double[schedule.steps()];
            for (int t = 1; t <= schedule.steps(); t++) {
                double clean = schedule.cleanCoefficient(t);
                states[t - 1] = clean * prediction.inputShare(schedule, t) + schedule.noisyCoefficient(t);
                outputs[t - 1] = clean * prediction.outputShare(schedule, t);
            }
            return new ReverseCoefficients(states, outputs);
        }

        /// Returns T.
        int count() {
            return states.length;
        }

        /// Returns `n_t`.
        double state(int step) {
            return states[step - 1];
        }

        /// Returns `o_t`.
        double output(int step) {
            return outputs[step - 1];
        }

        /// Returns `g_t`.
        double gathered(int step) {
            return gathered[step - 1];
        }

        /// Returns P.
        double rowShare() {
            return rowShare;
        }

        /// Returns `sum_t g_t`.
        double outputShare() {
            double sum = 0;
            for (double share : gathered) {
                sum += share;
            }
            return sum;
        }
    }
}
