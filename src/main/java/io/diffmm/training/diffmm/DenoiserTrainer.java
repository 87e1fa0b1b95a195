package io.diffmm.training.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.diffusion.NoiseSchedule;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.diffusion.StepEmbedding;
import io.diffmm.engine.EngineArrays;
import io.diffmm.model.Tensors;
import io.diffmm.model.diffmm.DiffMm;
import io.diffmm.model.diffmm.DiffMmSettings;
import io.diffmm.training.AdamOptimiser;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Trains one modality's denoiser: the evidence lower bound and the modality signal injected into it (Jiang et
/// al. 2024, section 3.2).
///
/// ```
/// L_elbo = mean over rows of  w_t mean_i (xhat - x_0)^2          w_t = SNR(t - 1) - SNR(t)
/// L_msi  = mean over rows, d of  (xhat F_m - x_0 E_i)^2          F_m, E_i constants here
/// loss   = L_elbo + lambda0 L_msi
/// ```
final class DenoiserTrainer {

    private final DiffMm model;
    private final int modality;
    private final DiffMmSettings.Diffusion settings;
    private final NoiseSchedule schedule;
    private final StepEmbedding embedding;
    private final AdamOptimiser optimiser;

    DenoiserTrainer(DiffMm model, int modality, AdamOptimiser optimiser) {
        this.model = model;
        this.modality = modality;
        this.settings = model.settings().diffusion();
        this.schedule = settings.schedule();
        this.embedding = new StepEmbedding(settings.stepEmbedding());
        this.optimiser = optimiser;
    }

    /// One step on a batch of users.
    ///
    /// @param mapped `F_m`, `[I, d]`
    /// @param items `E_i`, `[I, d]`
    /// @return the loss before the step
    float step(SparseRows rows, NDArray mapped, NDArray items, RandomGenerator random) {
        int[] steps = random.ints(rows.size(), 1, schedule.steps() + 1).toArray();
        return optimiser.step(leaves -> {
            NDManager scope = leaves.getManager();
            NDArray clean = rows.toDense(scope); // x_0 [B, I]
            NDArray noised = drop(noised(clean, steps)); // [B, I]
            NDArray predicted =
                    model.denoiser(modality, leaves).predict(noised, embeddings(steps, scope)); // xhat [B, I]
            NDArray bound = predicted
                    .sub(clean)
                    .square()
                    .mean(new int[] {1})
                    .mul(weights(steps, scope))
                    .mean();
            NDArray target = rows.toSparse(scope).matMul(Tensors.alias(items, scope)); // x_0 E_i [B, d]
            NDArray injected = predicted
                    .matMul(Tensors.alias(mapped, scope))
                    .sub(target)
                    .square()
                    .mean();
            return bound.add(Tensors.times(injected, settings.msiWeight()));
        });
    }

    /// `x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) noise`, each row at its own step.
    private NDArray noised(NDArray clean, int[] steps) {
        NDManager scope = clean.getManager();
        NDArray signal = column(
                scope, Arrays.stream(steps).mapToDouble(schedule::signalRate).toArray());
        NDArray noiseRate = column(
                scope, Arrays.stream(steps).mapToDouble(schedule::noiseRate).toArray());
        NDArray noise = scope.randomNormal(clean.getShape());
        return noise.muli(noiseRate).addi(clean.mul(signal));
    }

    private NDArray drop(NDArray noised) {
        return noised.getNDArrayInternal()
                .dropout(noised, (float) settings.dropout(), true)
                .singletonOrThrow();
    }

    private NDArray embeddings(int[] steps, NDManager scope) {
        float[] rows = new float[steps.length * embedding.size()];
        for (int row = 0; row < steps.length; row++) {
            System.arraycopy(embedding.of(steps[row]), 0, rows, row * embedding.size(), embedding.size());
        }
        return EngineArrays.dense(scope, rows, new Shape(steps.length, embedding.size())); // [B, E]
    }

    private NDArray weights(int[] steps, NDManager scope) {
        return column(
                        scope,
                        Arrays.stream(steps).mapToDouble(schedule::lossWeight).toArray())
                .squeeze(1); // [B]
    }

    private static NDArray column(NDManager scope, double[] values) {
        float[] floats = new float[values.length];
        for (int row = 0; row < values.length; row++) {
            floats[row] = (float) values[row];
        }
        return EngineArrays.dense(scope, floats, new Shape(values.length, 1)); // [B, 1]
    }
}
