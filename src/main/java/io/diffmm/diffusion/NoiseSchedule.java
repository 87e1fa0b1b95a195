package io.diffmm.diffusion;

/// Linear variance schedule of a diffusion, its posterior and its loss weights (Wang et al. 2023, equation 4,
/// <https://arxiv.org/abs/2304.04971>).
///
/// Steps run from 1, the least noisy, to T. With `a_t = 1 - b_t`, `abar_t` is the product of `a_1 .. a_t`; a noised
/// row is `sqrt(abar_t) x_0 + sqrt(1 - abar_t) noise`. All arithmetic is in float64. Immutable.
public final class NoiseSchedule {

    /// Maximum beta: share of the signal's variance that a step destroys.
    private static final double MAX_BETA = 0.999;

    private final double[] betas; // [T], beta of step t at t - 1
    private final double[] signals; // [T + 1], abar of step t at t; abar_0 = 1

    private NoiseSchedule(double[] betas) {
        this.betas = betas;
        this.signals = new double[betas.length + 1];
        signals[0] = 1;
        for (int t = 1; t <= betas.length; t++) {
            signals[t] = signals[t - 1] * (1 - betas[t - 1]);
        }
    }

    /// Creates the schedule whose noise variance `1 - abar_t` grows linearly from `scale * min` to
    /// `scale * max`; the beta of the first step is then replaced by `firstBeta`.
    ///
    /// @throws IllegalArgumentException if `steps` is not positive, a variance is not in (0, 1), or the variances
    ///     decrease
    public static NoiseSchedule linear(int steps, double scale, double min, double max, double firstBeta) {
        if (steps < 1) {
            throw new IllegalArgumentException("diffusion needs at least 1 step, not %d".formatted(steps));
        }
        if (!(scale * min > 0) || !(min <= max) || !(scale * max < 1)) {
            throw new IllegalArgumentException("noise scale %s, from %s to %s: need 0 < scale * min <= scale * max < 1"
                    .formatted(scale, min, max));
        }
        if (!(firstBeta > 0) || !(firstBeta < 1)) {
            throw new IllegalArgumentException("first beta %s is not between 0 and 1".formatted(firstBeta));
        }
        double[] betas = new double[steps];
        double previous = 1;
        for (int t = 1; t <= steps; t++) {
            double share = steps == 1 ? 0 : (t - 1.0) / (steps - 1);
            double signal = 1 - scale * (min + share * (max - min));
            betas[t - 1] = Math.min(1 - signal / previous, MAX_BETA);
            previous = signal;
        }
        betas[0] = firstBeta;
        return new NoiseSchedule(betas);
    }

    /// Returns T, the number of steps.
    public int steps() {
        return betas.length;
    }

    /// Returns `b_t`: the variance that step t adds.
    public double beta(int step) {
        return betas[step - 1];
    }

    /// Returns `sqrt(abar_t)`: the coefficient of the clean row in a noised row.
    public double signalRate(int step) {
        return Math.sqrt(signals[step]);
    }

    /// Returns `sqrt(1 - abar_t)`: the coefficient of the noise.
    public double noiseRate(int step) {
        return Math.sqrt(1 - signals[step]);
    }

    /// Returns `c1_t = b_t sqrt(abar_{t-1}) / (1 - abar_t)`: the weight of the predicted clean row in the
    /// posterior mean.
    public double cleanCoefficient(int step) {
        return step == 1 ? 1 : beta(step) * Math.sqrt(signals[step - 1]) / (1 - signals[step]);
    }

    /// Returns `c2_t = (1 - abar_{t-1}) sqrt(a_t) / (1 - abar_t)`: the weight of the noised row in the posterior
    /// mean.
    public double noisyCoefficient(int step) {
        return step == 1 ? 0 : (1 - signals[step - 1]) * Math.sqrt(1 - beta(step)) / (1 - signals[step]);
    }

    /// Returns `SNR(t - 1) - SNR(t)`: the weight of step t's reconstruction error in the evidence lower bound; 1 at
    /// step 1.
    public double lossWeight(int step) {
        return step == 1 ? 1 : signalToNoise(step - 1) - signalToNoise(step);
    }

    private double signalToNoise(int step) {
        return signals[step] / (1 - signals[step]);
    }
}
