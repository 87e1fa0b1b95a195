package io.diffmm.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/// Reverse diffusion as published, on I-wide rows: the oracle of [HiddenReverseDiffusion].
public final class DenseReverseDiffusion {

    private final Denoiser denoiser;
    private final NoiseSchedule schedule;
    private final Prediction prediction;

    public DenseReverseDiffusion(Denoiser denoiser, NoiseSchedule schedule, Prediction prediction) {
        this.denoiser = denoiser;
        this.schedule = schedule;
        this.prediction = prediction;
    }

    /// Computes `x_T = x_0`, then `x_{t-1} = c1_t xhat_0 + c2_t x_t` for t = T..1.
    public NDArray denoise(SparseRows rows, NDManager manager) {
        return denoise(rows.toDense(manager), manager);
    }

    /// Denoises dense rows, `[B, I]`.
    public NDArray denoise(NDArray rows, NDManager manager) {
        StepEmbedding embedding =
                new StepEmbedding((int) denoiser.stepBias().getShape().get(0));
        NDArray noised = rows; // [B, I]
        for (int t = schedule.steps(); t >= 1; t--) {
            NDArray step = manager.create(embedding.of(t), new Shape(1, embedding.size()))
                    .repeat(0, rows.getShape().get(0)); // [B, E]
            NDArray clean = clean(denoiser.predict(noised, step), noised, t); // [B, I]
            noised = clean.mul(schedule.cleanCoefficient(t)).add(noised.mul(schedule.noisyCoefficient(t)));
        }
        return noised;
    }

    private NDArray clean(NDArray output, NDArray noised, int t) {
        return switch (prediction) {
            case CLEAN -> output;
            case NOISE -> noised.sub(output.mul(schedule.noiseRate(t))).div(schedule.signalRate(t));
        };
    }
}
