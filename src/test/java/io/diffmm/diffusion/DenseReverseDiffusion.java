package io.diffmm.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/// The reverse diffusion exactly as published, on I-wide rows: the oracle of [HiddenReverseDiffusion].
public final class DenseReverseDiffusion {

    private final Denoiser denoiser;
    private final NoiseSchedule schedule;

    public DenseReverseDiffusion(Denoiser denoiser, NoiseSchedule schedule) {
        this.denoiser = denoiser;
        this.schedule = schedule;
    }

    /// `x_T = x_0`, then `x_{t-1} = c1_t xhat(x_t, t) + c2_t x_t` for t = T..1.
    public NDArray denoise(SparseRows rows, NDManager manager) {
        StepEmbedding embedding =
                new StepEmbedding((int) denoiser.stepBias().getShape().get(0));
        NDArray noised = rows.toDense(manager); // [B, I]
        for (int t = schedule.steps(); t >= 1; t--) {
            NDArray step = manager.create(embedding.of(t), new Shape(1, embedding.size()))
                    .repeat(0, rows.size()); // [B, E]
            NDArray clean = denoiser.predict(noised, step); // [B, I]
            noised = clean.mul(schedule.cleanCoefficient(t)).add(noised.mul(schedule.noisyCoefficient(t)));
        }
        return noised;
    }
}
