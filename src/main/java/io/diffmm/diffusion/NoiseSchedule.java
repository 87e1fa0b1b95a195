package io.diffmm.diffusion;

/// How much noise each diffusion step adds (Wang et al. 2023, equation 4, <https://arxiv.org/abs/2304.04971>):
/// the linear variance schedule, its posterior and its loss weights.
///
/// Steps run from 1, the least noisy, to T. `abar_t` is the product of the signal kept up to step t; a noised row is
/// `sqrt(abar_t) x_0 + sqrt(1 - abar_t) noise`. All arithmetic is in float64. Immutable.
public final class NoiseSchedule {

    /// No step may destroy more than this share of the signal's variance.
    private static final double GREATEST_BETA = 0.999;

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

    /// The schedule whose noise variance `1 - abar_t` grows linearly from `scale * least` to `scale * greatest`;
    /// the first step's beta is then set to `firstBeta`.
    ///
    /// @throws IllegalArgumentException if there is no step, or a variance is not in (0, 1), or they fall
    public static NoiseSchedule linear(int steps, double scale, double least, double greatest, double firstBeta) {
        if (steps < 1) {
            throw new IllegalArgumentException("diffusion needs at least 1 step, not %d".formatted(steps));
        }
        if (!(scale * least > 0) || !(least <= greatest) || !(scale * greatest < 1)) {
            throw new IllegalArgumentException(
                    "noise scale %s, from %s to %s: need 0 < scale * least <= scale * greatest < 1"
                            .formatted(scale, least, greatest));
        }
        if (!(firstBeta > 0) || !(firstBeta < 1)) {
            throw new IllegalArgumentException("first beta %s is not between 0 and 1".formatted(firstBeta));
        }
        double[] betas = new double[steps];
        double previous = 1;
        for (int t = 1; t <= steps; t++) {
            double share = steps == 1 ? 0 : (t - 1.0) / (steps - 1);
            double signal = 1 - scale * (least + share * (greatest - least));
            betas[t - 1] = Math.min(1 - signal / previous, GREATEST_BETA);
            previous = signal;
        }
        betas[0] = firstBeta;
        return new NoiseSchedule(betas);
    }

    /// T.
    public int steps() {
        return betas.length;
    }

    /// `b_t`: the variance that step t adds.
    public double beta(int step) {
        return betas[step - 1];
    }

    /// `sqrt(abar_t)`: the share of the clean row in a noised one.
    public double signalRate(int step) {
        return Math.sqrt(signals[step]);
    }

    /// `sqrt(1 - abar_t)`: the share of the noise.
    public double noiseRate(int step) {
        return Math.sqrt(1 - signals[step]);
    }

    /// `c1_t = b_t sqrt(abar_{t-1}) / (1 - abar_t)`: the weight of the predicted clean row in the posterior mean.
    public double cleanCoefficient(int step) {
        return step == 1 ? 1 : beta(step) * Math.sqrt(signals[step - 1]) / (1 - signals[step]);
    }

    /// `c2_t = (1 - abar_{t-1}) sqrt(a_t) / (1 - abar_t)`: the weight of the noised row in the posterior mean.
    public double noisyCoefficient(int step) {
        return step == 1 ? 0 : (1 - signals[step - 1]) * Math.sqrt(1 - beta(step)) / (1 - signals[step]);
    }

    /// `SNR(t - 1) - SNR(t)`: the weight of step t's reconstruction error in the evidence lower bound; 1 at step 1.
    public double lossWeight(int step) {
        return step == 1 ? 1 : signalToNoise(step - 1) - signalToNoise(step);
    }

    private double signalToNoise(int step) {
        return signals[step] / (1 - signals[step]);
    }
}
