package io.diffmm.training.denoiser;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.diffusion.NoiseSchedule;
import io.diffmm.diffusion.Prediction;
import io.diffmm.engine.EngineArrays;
import io.diffmm.model.denoiser.DenoiserSettings;
import io.diffmm.model.denoiser.StepWeights;
import java.util.random.RandomGenerator;

/// What each row of a batch is noised by, and what its loss weighs: by a step of its own.
public final class RowRates {

    private static final int NUMBERS = 5;

    private final NoiseSchedule schedule;
    private final Prediction prediction;
    private final StepWeights weights;
    private final StepSampler sampler;

    /// The rates of a diffusion.
    ///
    /// @param name prefix of the sampler's arrays in a checkpoint
    public RowRates(String name, DenoiserSettings settings) {
        this.schedule = settings.schedule();
        this.prediction = settings.prediction();
        this.weights = settings.stepWeights();
        this.sampler = new StepSampler(name, settings.steps(), settings.stepSampling());
    }

    /// What draws the steps.
    public StepSampler sampler() {
        return sampler;
    }

    /// The steps of a batch's rows.
    public Drawn draw(int rows, RandomGenerator random) {
        int[] steps = sampler.draw(rows, random);
        return new Drawn(steps, sampler.divisors(steps));
    }

    /// Steps of the rows of a batch.
    public final class Drawn {

        private final int[] steps;
        private final double[] divisors;

        private Drawn(int[] steps, double[] divisors) {
            this.steps = steps;
            this.divisors = divisors;
        }

        /// The step of each row, 1 to T.
        public int[] steps() {
            return steps;
        }

        /// Of each row: rate of the signal, rate of the noise, weight of its loss, and the shares of the noised
        /// row and of the denoiser's output in the predicted clean row, `[B, 5]`.
        public NDArray rates(NDManager scope) {
            float[] rates = new float[NUMBERS * steps.length];
            for (int row = 0; row < steps.length; row++) {
                int step = steps[row];
                int at = NUMBERS * row;
                rates[at] = (float) schedule.signalRate(step);
                rates[at + 1] = (float) schedule.noiseRate(step);
                rates[at + 2] = (float) (weights.of(schedule, prediction, step) / divisors[row]);
                rates[at + 3] = (float) prediction.inputShare(schedule, step);
                rates[at + 4] = (float) prediction.outputShare(schedule, step);
            }
            return EngineArrays.dense(scope, rates, new Shape(steps.length, NUMBERS));
        }

        /// Tells the sampler the rows' losses.
        ///
        /// @param losses with the weights of [#rates], `[B]`
        public void record(NDArray losses) {
            sampler.record(steps, losses.toFloatArray(), divisors);
        }
    }
}
