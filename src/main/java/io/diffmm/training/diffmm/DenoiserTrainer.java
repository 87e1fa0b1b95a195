package io.diffmm.training.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.diffusion.NoiseSchedule;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.diffusion.StepEmbedding;
import io.diffmm.engine.EngineArrays;
import io.diffmm.engine.EngineScript;
import io.diffmm.model.diffmm.DiffMmSettings;
import io.diffmm.model.diffmm.Products;
import io.diffmm.training.AdamOptimiser;
import java.util.random.RandomGenerator;

/// Trains one modality's denoiser: the evidence lower bound and the modality signal injected into it (Jiang et
/// al. 2024, section 3.2).
///
/// ```
/// x_t    = dropout( sqrt(abar_t) x_0 + sqrt(1 - abar_t) noise ),  each row at a step t of its own
/// L_elbo = mean over rows of  w_t mean_i (xhat - x_0)^2          w_t = SNR(t - 1) - SNR(t)
/// L_msi  = mean over rows, d of  (xhat F_m - x_0 E_i)^2          F_m, E_i constants here
/// loss   = L_elbo + lambda0 L_msi
/// ```
///
/// A step's loss and gradients are one program, `denoiser-step.pt`. It keeps the denoiser's arrays alive, and sees them
/// as they change.
final class DenoiserTrainer {

    private final EngineScript program;
    private final NoiseSchedule schedule;
    private final StepEmbedding embedding;
    private final AdamOptimiser optimiser;

    /// A trainer of `denoiser`.
    ///
    /// @param optimiser of its parameters
    DenoiserTrainer(NDManager manager, Denoiser denoiser, DiffMmSettings settings, AdamOptimiser optimiser) {
        this.program = EngineScript.load("denoiser-step", manager);
        this.schedule = settings.diffusion().schedule();
        this.embedding = new StepEmbedding(settings.diffusion().stepEmbedding());
        this.optimiser = optimiser;
        try (NDManager scope = manager.newSubManager()) {
            program.call(
                    "prepare",
                    scope,
                    denoiser.items(),
                    denoiser.steps(),
                    denoiser.bias(),
                    denoiser.stepWeight(),
                    denoiser.stepBias(),
                    numbers(settings, scope));
            for (Denoiser.Layer layer : denoiser.layers()) {
                program.call("layer", scope, layer.weight(), layer.bias());
            }
        }
    }

    private static NDArray numbers(DiffMmSettings settings, NDManager scope) {
        float[] numbers = {
            (float) settings.diffusion().dropout(),
            (float) settings.diffusion().msiWeight(),
            settings.optimisation().products() == Products.BFLOAT16 ? 1 : 0
        };
        return EngineArrays.dense(scope, numbers, new Shape(numbers.length));
    }

    /// One step on a batch of users.
    ///
    /// @param mapped `F_m`, `[I, d]`
    /// @param items `E_i`, `[I, d]`
    /// @return the loss before the step
    float step(SparseRows rows, NDArray mapped, NDArray items, RandomGenerator random) {
        int[] steps = random.ints(rows.size(), 1, schedule.steps() + 1).toArray();
        return optimiser.step(scope -> program.callForList(
                "forward",
                scope,
                EngineArrays.integers(scope, rows.allColumns()),
                EngineArrays.integers(scope, rows.offsets()),
                rates(steps, scope),
                embeddings(steps, scope),
                mapped,
                items));
    }

    /// Rate of the signal, of the noise, and weight of the error of each row, `[B, 3]`.
    private NDArray rates(int[] steps, NDManager scope) {
        float[] rates = new float[3 * steps.length];
        for (int row = 0; row < steps.length; row++) {
            rates[3 * row] = (float) schedule.signalRate(steps[row]);
            rates[3 * row + 1] = (float) schedule.noiseRate(steps[row]);
            rates[3 * row + 2] = (float) schedule.lossWeight(steps[row]);
        }
        return EngineArrays.dense(scope, rates, new Shape(steps.length, 3));
    }

    private NDArray embeddings(int[] steps, NDManager scope) {
        float[] rows = new float[steps.length * embedding.size()];
        for (int row = 0; row < steps.length; row++) {
            System.arraycopy(embedding.of(steps[row]), 0, rows, row * embedding.size(), embedding.size());
        }
        return EngineArrays.dense(scope, rows, new Shape(steps.length, embedding.size())); // [B, E]
    }
}
