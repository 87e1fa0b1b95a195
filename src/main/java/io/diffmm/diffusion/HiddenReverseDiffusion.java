package io.diffmm.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.engine.EngineArrays;
import io.diffmm.engine.EngineScript;
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
/// z_{t-1} = c1_t (f_t K + k) + c2_t z_t          K = V W [H, H] and k = v W, computed once
/// xhat_0  = f_1 V + v                            since c1_1 = 1 and c2_1 = 0
/// ```
///
/// It starts at `x_T = x_0`, without noise, as every published setting does. What is left, `f_1 V + v`, is a search for
/// the items with the greatest products, and not done here. Shapes: B users, I items, H the first hidden layer, F the
/// last one. Arrays are float32. The loop runs as one program, `reverse-diffusion.pt`.
///
/// Memory: the program belongs to the manager given at construction; it keeps `W`, the layers between, `K`, `k` and
/// `tau` alive, and of the output layer nothing. May be used by several threads at once.
public final class HiddenReverseDiffusion implements AutoCloseable {

    private final EngineScript program;

    /// Prepares `K`, `k` and `tau` of a trained denoiser.
    ///
    /// @param manager keeps them as long as this object is used
    public HiddenReverseDiffusion(NDManager manager, Denoiser denoiser, NoiseSchedule schedule) {
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
                    coefficients(schedule, scope));
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

    /// `c1_t`, `c2_t` for t = 1..T, `[T, 2]`.
    private static NDArray coefficients(NoiseSchedule schedule, NDManager scope) {
        float[] values = new float[2 * schedule.steps()];
        for (int t = 1; t <= schedule.steps(); t++) {
            values[2 * (t - 1)] = (float) schedule.cleanCoefficient(t);
            values[2 * (t - 1) + 1] = (float) schedule.noisyCoefficient(t);
        }
        return EngineArrays.dense(scope, values, new Shape(schedule.steps(), 2));
    }

    /// Runs rows through the loop, up to what the output layer is applied to: `f_1`.
    ///
    /// @param rows the users' rows, `[B, I]`
    /// @param manager receives the result
    /// @return `[B, F]`
    public NDArray features(SparseRows rows, NDManager manager) {
        try (NDManager scope = manager.newSubManager()) {
            return program.call("forward", manager, rows.columns(scope), rows.offsets(scope), rows.values(scope));
        }
    }

    @Override
    public void close() {
        program.close();
    }
}
