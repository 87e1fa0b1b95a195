package io.diffmm.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.engine.EngineArrays;

/// Sinusoidal embedding of a diffusion step: cosines first, then sines, with period 10,000.
///
/// The published programs count steps from 0, so step t of [NoiseSchedule] is embedded as t - 1.
public final class StepEmbedding {

    private static final double PERIOD = 10_000;

    private final int size;

    /// Creates an embedding of `size` numbers, half of them cosines.
    ///
    /// @throws IllegalArgumentException if `size` is odd or not positive
    public StepEmbedding(int size) {
        if (size < 2 || size % 2 != 0) {
            throw new IllegalArgumentException(
                    "step embedding of size %d: need an even, positive size".formatted(size));
        }
        this.size = size;
    }

    public int size() {
        return size;
    }

    /// Returns `emb(t)`, `[size]`.
    public float[] of(int step) {
        float[] embedding = new float[size];
        int half = size / 2;
        for (int j = 0; j < half; j++) {
            double angle = (step - 1) * Math.exp(-Math.log(PERIOD) * j / half);
            embedding[j] = (float) Math.cos(angle);
            embedding[half + j] = (float) Math.sin(angle);
        }
        return embedding;
    }

    /// Returns `emb(t)` of several steps.
    ///
    /// @return `[steps.length, size]`, attached to `manager`
    public NDArray of(int[] steps, NDManager manager) {
        float[] rows = new float[steps.length * size];
        for (int row = 0; row < steps.length; row++) {
            System.arraycopy(of(steps[row]), 0, rows, row * size, size);
        }
        return EngineArrays.dense(manager, rows, new Shape(steps.length, size));
    }
}
