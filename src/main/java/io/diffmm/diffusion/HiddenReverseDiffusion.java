package io.diffmm.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.engine.EngineArrays;
import io.diffmm.engine.EngineScript;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// The deterministic T-step reverse diffusion of user rows, computed on vectors as wide as the hidden layer.
///
/// The published loop multiplies an I-wide row by two I x H matrices in each of T steps. But the denoiser's first
/// layer is linear in `x_t`, its last layer is linear, and so is the posterior mean; so with the first layer's
/// item weights `W`, the output layer `V`, `v`, the step's share `tau_t` and `phi`, what lies between the first
/// and the last layer:
///
/// ```
/// z_T     = x_T W                                sparse: a sum of |history| rows of W
/// f_t     = phi(z_t + tau_t)
/// z_{t-1} = n_t z_t + o_t (f_t K + k)            K = V W [H, H] and k = v W, computed once
/// x_0     = P x_T + sum_t g_t (f_t V + v)        P = n_T .. n_1, g_t = o_t n_{t-1} .. n_1
/// ```
///
/// where `x_{t-1} = n_t x_t + o_t output` is the posterior mean `c1_t xhat_0 + c2_t x_t` with `xhat_0` as the
/// [Prediction] has it. Where the output is the clean row, `n_1 = 0`, so `x_0 = f_1 V + v`.
///
/// What the loop carries on is `y_t = z_t + tau_t`, so that a step adds one vector, computed once:
///
/// ```
/// y_{t-1} = n_t y_t + o_t f_t K + s_t            s_t = tau_{t-1} - n_t tau_t + o_t k
/// ```
///
/// It starts at `x_T = x_0`, without noise, as every published setting does. What is left, the product with V, is a
/// search for the items with the greatest products, and not done here. Shapes: B users, I items (or numbers of a
/// latent row), H the first hidden layer, F the last one. Arrays are float32. The loop runs as one program,
/// `reverse-diffusion.pt`.
///
/// Memory: the program belongs to the manager given at construction; it keeps `W`, the layers between, `K` and the
/// `s_t` alive, and of the output layer nothing. May be used by several threads at once.
public final class HiddenReverseDiffusion implements AutoCloseable {

    private final EngineScript program;
    private final ReverseSteps steps;

    /// Prepares `K` and the `s_t` of a trained denoiser.
    ///
    /// @param manager keeps them as long as this object is used
    public HiddenReverseDiffusion(NDManager manager, Denoiser denoiser, NoiseSchedule schedule, Prediction prediction) {
        steps = ReverseSteps.of(schedule, prediction);
        program = EngineScript.load("reverse-diffusion", manager);
        try (NDManager scope = manager.newSubManager()) {
            Denoiser.Layer output = denoiser.output();
            NDArray stepTerms = stepTerms(denoiser, schedule, scope);
            program.call(
                    "prepare", scope, denoiser.items(), output.weight(), output.bias(), stepTerms, coefficients(scope));
            for (Denoiser.Layer layer : denoiser.between()) {
                program.call("layer", scope, layer.weight(), layer.bias());
            }
        }
    }

    /// `tau_1 .. tau_T`, `[T, H]`.
    private static NDArray stepTerms(Denoiser denoiser, NoiseSchedule schedule, NDManager scope) {
        StepEmbedding embedding =
                new StepEmbedding((int) denoiser.stepBias().getShape().get(0));
        int[] steps = IntStream.rangeClosed(1, schedule.steps()).toArray();
        return denoiser.stepTerm(embedding.of(steps, scope));
    }

    /// `n_t`, `o_t`, `g_t` for t = 1..T, `[T, 3]`.
    private NDArray coefficients(NDManager scope) {
        float[] values = new float[3 * steps.count()];
        for (int t = 1; t <= steps.count(); t++) {
            values[3 * (t - 1)] = (float) steps.state(t);
            values[3 * (t - 1) + 1] = (float) steps.output(t);
            values[3 * (t - 1) + 2] = (float) steps.gathered(t);
        }
        return EngineArrays.dense(scope, values, new Shape(steps.count(), 3));
    }

    /// `sum_t g_t`, the share of `v` in a denoised row.
    public double outputShare() {
        return steps.outputShare();
    }

    /// P, the share of the row itself in what it becomes; 0 where the output is the clean row.
    public double rowShare() {
        return steps.rowShare();
    }

    /// Runs rows through the loop, up to what the output layer is applied to: `sum_t g_t f_t`.
    ///
    /// @param rows the users' rows, `[B, I]`
    /// @param manager receives the result
    /// @return `[B, F]`
    public NDArray features(SparseRows rows, NDManager manager) {
        try (NDManager scope = manager.newSubManager()) {
            return program.call("forward", manager, rows.columns(scope), rows.offsets(scope), rows.values(scope));
        }
    }

    /// Runs dense rows through the loop, up to what the output layer is applied to: `sum_t g_t f_t`.
    ///
    /// @param rows `[B, I]`
    /// @param manager receives the result
    /// @return `[B, F]`
    public NDArray features(NDArray rows, NDManager manager) {
        return program.call("dense", manager, rows);
    }

    /// Rows after the loop, written out.
    ///
    /// @param rows the users' rows, `[B, I]`
    /// @param output of the denoiser
    /// @param manager receives the result
    /// @return `x_0`, `[B, I]`
    public NDArray denoised(SparseRows rows, Denoiser.Layer output, NDManager manager) {
        try (NDManager scope = manager.newSubManager()) {
            return kept(complete(features(rows, scope), output, () -> rows.toDense(scope)), manager);
        }
    }

    /// Dense rows after the loop.
    ///
    /// @param rows `[B, I]`
    /// @param output of the denoiser
    /// @param manager receives the result
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

    /// An array times a number, attached to the manager of `beside`.
    private static NDArray scaled(NDArray array, double share, NDArray beside) {
        return beside.getManager().create((float) share).mul(array);
    }

    private static NDArray kept(NDArray array, NDManager manager) {
        array.attach(manager);
        return array;
    }

    @Override
    public void close() {
        program.close();
    }
}
