package io.diffmm.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.datasets.EngineArrays;

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
/// It starts at `x_T = x_0`, without noise, as every published setting does. Shapes: B users, I items, H the
/// first hidden layer, F the last one. Arrays are float32.
///
/// Memory: owns `K`, `k` and `tau`, which live in the manager given at construction; the denoiser's arrays belong
/// to others. Results attach to the manager given with the call, and nothing else outlives it. Not to be used by
/// two threads at once.
public final class HiddenReverseDiffusion {

    private final NoiseSchedule schedule;
    private final Denoiser denoiser;
    private final NDArray loop; // K [F, H]
    private final NDArray loopBias; // k [H]
    private final NDArray[] stepTerms; // tau_t [1, H], step t at t - 1

    /// Prepares `K`, `k` and `tau` of a trained denoiser.
    ///
    /// @param manager keeps the three as long as this object is used
    public HiddenReverseDiffusion(NDManager manager, Denoiser denoiser, NoiseSchedule schedule) {
        this.schedule = schedule;
        this.denoiser = denoiser;
        this.stepTerms = new NDArray[schedule.steps()];
        try (NDManager scope = manager.newSubManager()) {
            Denoiser.Layer output = denoiser.output();
            NDArray items = scoped(denoiser.items(), scope); // [I, H]
            loop = scope.ret(scoped(output.weight(), scope).matMul(items)); // [F, H]
            loopBias = scope.ret(scoped(output.bias(), scope).expandDims(0).matMul(items)); // [1, H]
            StepEmbedding embedding =
                    new StepEmbedding((int) denoiser.stepBias().getShape().get(0));
            for (int t = 1; t <= schedule.steps(); t++) {
                NDArray step = EngineArrays.dense(scope, embedding.of(t), new Shape(1, embedding.size()));
                stepTerms[t - 1] = scope.ret(denoiser.stepTerm(step)); // [1, H]
            }
        }
    }

    /// Denoises rows: `xhat_0` ranks the items.
    ///
    /// @param rows the users' interactions, `[B, I]`
    /// @param manager receives the result
    /// @return `xhat_0`, `[B, I]`
    public NDArray denoise(SparseRows rows, NDManager manager) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray state = rows.toSparse(scope).matMul(denoiser.items()); // z_T [B, H]
            for (int t = schedule.steps(); t > 1; t--) {
                state = previous(state, t);
            }
            return scope.ret(denoiser.output().apply(features(state, 1))); // [B, I]
        }
    }

    /// `f_t`, `[B, F]`.
    private NDArray features(NDArray state, int step) {
        return denoiser.beforeOutput(state.add(stepTerms[step - 1]).tanh());
    }

    /// `z_{t-1}`, `[B, H]`.
    private NDArray previous(NDArray state, int step) {
        NDArray clean = features(state, step).matMul(loop).addi(loopBias); // [B, H]
        return clean.muli(schedule.cleanCoefficient(step)).addi(state.mul(schedule.noisyCoefficient(step)));
    }

    /// The same array under a handle that `scope` owns, so that what is computed from it attaches there.
    private static NDArray scoped(NDArray array, NDManager scope) {
        NDArray alias = array.stopGradient();
        alias.attach(scope);
        return alias;
    }
}
