package io.diffmm.training.denoiser;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.model.Tensors;
import io.diffmm.model.denoiser.StepSampling;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Draws the diffusion steps that rows are trained at (importance sampling: Wang et al. 2023, section 3.2,
/// <https://arxiv.org/abs/2304.04971>, after Nichol and Dhariwal 2021).
///
/// The last 10 losses of each step are kept. Once every step has 10, `p_t` is proportional to `sqrt(mean
/// loss_t^2)`, mixed with 0.001 of the uniform distribution; a loss is divided by `p_t T`, so that its
/// expectation stays what it is.
public final class StepSampler {

    private static final int KEPT = 10;
    private static final double UNIFORM = 0.001;

    private final String name;
    private final int steps;
    private final boolean important;
    private final float[] losses; // [T, KEPT], oldest first
    private final int[] counts; // [T]

    /// A sampler that has seen no loss.
    ///
    /// @param name prefix of its arrays in a checkpoint
    /// @param steps T
    public StepSampler(String name, int steps, StepSampling sampling) {
        this.name = name;
        this.steps = steps;
        this.important = sampling == StepSampling.IMPORTANCE;
        this.losses = new float[steps * KEPT];
        this.counts = new int[steps];
    }

    /// Draws a step for each of some rows.
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
            int place = Arrays.binarySearch(bounds, random.nextDouble() * bounds[steps - 1]);
            drawn[row] = Math.min(place < 0 ? -place : place + 1, steps);
        }
        return drawn;
    }

    /// `p_t` of each step, at t - 1.
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

    /// What the loss of each row is to be divided by: `p_t T`.
    ///
    /// @param drawn steps of [#draw], before [#record] is told their losses
    public double[] divisors(int[] drawn) {
        double[] probabilities = probabilities();
        return Arrays.stream(drawn)
                .mapToDouble(step -> probabilities[step - 1] * steps)
                .toArray();
    }

    /// Notes the losses of rows.
    ///
    /// @param drawn the steps that they were trained at
    /// @param divided their losses, divided by what [#divisors] gave
    /// @param divisors what it gave
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

    /// What the next draw depends on.
    ///
    /// @param scope owns the arrays
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

    /// Goes back to a state.
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
