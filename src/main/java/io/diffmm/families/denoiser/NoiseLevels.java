package io.diffmm.families.denoiser;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.diffusion.NoiseSchedule;
import io.diffmm.diffusion.Prediction;
import io.diffmm.engine.EngineArrays;
import io.diffmm.families.denoiser.DenoiserSettings.StepSampling;
import io.diffmm.families.denoiser.DenoiserSettings.StepWeights;
import io.diffmm.safetensors.Tensors;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Noise and loss weight of each row of a training batch, at a diffusion step drawn for the row.
public final class NoiseLevels {

    private static final int NUMBERS = 5;

    private final NoiseSchedule schedule;
    private final Prediction prediction;
    private final StepWeights weights;
    private final StepSampler sampler;

    /// @param name prefix of the sampler's arrays in a checkpoint
    public NoiseLevels(String name, DenoiserSettings settings) {
        this.schedule = settings.schedule();
        this.prediction = settings.prediction();
        this.weights = settings.stepWeights();
        this.sampler = new StepSampler(name, settings.steps(), settings.stepSampling());
    }

    /// Sampler of the steps.
    public StepSampler sampler() {
        return sampler;
    }

    /// Draws the steps of the rows of a batch.
    public Drawn draw(int rows, RandomGenerator random) {
        int[] steps = sampler.draw(rows, random);
        return new Drawn(steps, sampler.divisors(steps));
    }

    /// Steps drawn for the rows of a batch.
    public final class Drawn {

        private final int[] steps;
        private final double[] divisors;

        private Drawn(int[] steps, double[] divisors) {
            this.steps = steps;
            this.divisors = divisors;
        }

        /// Step of each row, 1 to T.
        public int[] steps() {
            return steps;
        }

        /// Returns for each row the rates of signal and noise, the weight of its loss, and the coefficients of
        /// the noised row and of the denoiser's output in the predicted clean row, `[B, 5]`.
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

        /// Passes the losses of the rows to the sampler.
        ///
        /// @param losses weighted as in [#rates], `[B]`
        public void record(NDArray losses) {
            sampler.record(steps, losses.toFloatArray(), divisors);
        }
    }

    /// Sampler of the diffusion steps that rows are trained at (importance sampling: Wang et al. 2023,
    /// section 3.2, <https://arxiv.org/abs/2304.04971>, after Nichol and Dhariwal 2021).
    ///
    /// It keeps the last 10 losses of each step. Once every step has 10, `p_t` is proportional to
    /// `sqrt(mean loss_t^2)`, mixed with 0.001 of the uniform distribution. A loss is divided by `p_t T`, which
    /// keeps its expectation.
    public static final class StepSampler {

        private static final int KEPT = 10;
        private static final double UNIFORM = 0.001;

        private final String name;
        private final int steps;
        private final boolean important;
        private final float[] losses; // [T, KEPT], oldest first
        private final int[] counts; // [T]

        /// @param name prefix of its arrays in a checkpoint
        /// @param steps T
        public StepSampler(String name, int steps, StepSampling sampling) {
            this.name = name;
            this.steps = steps;
            this.important = sampling == StepSampling.IMPORTANCE;
            this.losses = new float[steps * KEPT];
            this.counts = new int[steps];
        }

        /// Draws a step for each row.
        ///
        /// @return steps, 1 to T
        public int[] draw(int rows, RandomGenerator random) {
            if (!isReady()) {
                return random.ints(rows, 1, steps + 1).toArray();
            }
            double[] bounds = probabilities();
            for (int at = 1; at < steps; at++) {
                bounds[at] += bounds[at - 1];
            }
            int[] drawn = new int[rows];
            for (int row = 0; row < rows; row++) {
                int index = Arrays.binarySearch(bounds, random.nextDouble() * bounds[steps - 1]);
                drawn[row] = Math.min(index < 0 ? -index : index + 1, steps);
            }
            return drawn;
        }

        /// Returns `p_t` of each step, at index t - 1.
        double[] probabilities() {
            double[] probabilities = new double[steps];
            Arrays.fill(probabilities, 1.0 / steps);
            if (!isReady()) {
                return probabilities;
            }
            double total = 0;
            double[] sizes = new double[steps];
            for (int at = 0; at < steps; at++) {
                sizes[at] = size(at);
                total += sizes[at];
            }
            for (int at = 0; at < steps && total > 0; at++) {
                probabilities[at] = (1 - UNIFORM) * sizes[at] / total + UNIFORM / steps;
            }
            return probabilities;
        }

        private double size(int at) {
            double squares = 0;
            for (int kept = at * KEPT; kept < (at + 1) * KEPT; kept++) {
                squares += (double) losses[kept] * losses[kept];
            }
            return Math.sqrt(squares / KEPT);
        }

        private boolean isReady() {
            return important && Arrays.stream(counts).allMatch(count -> count == KEPT);
        }

        /// Returns the divisor of the loss of each row, `p_t T`.
        ///
        /// @param drawn steps of [#draw], before [#record] receives their losses
        public double[] divisors(int[] drawn) {
            double[] probabilities = probabilities();
            return Arrays.stream(drawn)
                    .mapToDouble(step -> probabilities[step - 1] * steps)
                    .toArray();
        }

        /// Records the losses of rows.
        ///
        /// @param drawn steps of the rows
        /// @param divided losses divided by `divisors`
        /// @param divisors result of [#divisors]
        public void record(int[] drawn, float[] divided, double[] divisors) {
            if (!important) {
                return;
            }
            for (int row = 0; row < drawn.length; row++) {
                int from = (drawn[row] - 1) * KEPT;
                System.arraycopy(losses, from + 1, losses, from, KEPT - 1);
                losses[from + KEPT - 1] = (float) (divided[row] * divisors[row]);
                counts[drawn[row] - 1] = Math.min(KEPT, counts[drawn[row] - 1] + 1);
            }
        }

        /// Returns the state that the next draw depends on.
        ///
        /// @param scope owner of the arrays
        public NDList state(NDManager scope) {
            if (!important) {
                return new NDList();
            }
            NDArray kept = scope.create(losses.clone(), new Shape(steps, KEPT));
            kept.setName(name + ".step-losses");
            NDArray seen = scope.create(counts.clone());
            seen.setName(name + ".step-counts");
            return new NDList(kept, seen);
        }

        /// Restores a state.
        public void restore(NDList state) {
            if (!important) {
                return;
            }
            float[] kept =
                    Tensors.require(state, name + ".step-losses", steps, KEPT).toFloatArray();
            int[] seen = Tensors.require(state, name + ".step-counts", steps).toIntArray();
            System.arraycopy(kept, 0, losses, 0, losses.length);
            System.arraycopy(seen, 0, counts, 0, counts.length);
        }
    }
}
