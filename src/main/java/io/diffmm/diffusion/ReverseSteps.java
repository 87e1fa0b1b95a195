package io.diffmm.diffusion;

/// The coefficients of the reverse diffusion in terms of a denoiser's outputs, in float64. Immutable.
///
/// ```
/// x_{t-1} = n_t x_t + o_t output_t
/// x_0     = P x_T + sum_t g_t output_t
/// ```
final class ReverseSteps {

    private final double[] states; // [T], n_t at t - 1
    private final double[] outputs; // [T], o_t
    private final double[] gathered; // [T], g_t
    private final double rowShare; // P

    private ReverseSteps(double[] states, double[] outputs) {
        this.states = states;
        this.outputs = outputs;
        this.gathered = new double[states.length];
        double below = 1; // n_{t-1} .. n_1
        for (int at = 0; at < states.length; at++) {
            gathered[at] = below * outputs[at];
            below *= states[at];
        }
        this.rowShare = below;
    }

    /// The coefficients of a schedule: with `xhat_0 = a_t x_t + b_t output` in the posterior mean
    /// `c1_t xhat_0 + c2_t x_t`, n is `c1_t a_t + c2_t` and o is `c1_t b_t`.
    static ReverseSteps of(NoiseSchedule schedule, Prediction prediction) {
        double[] states = new double[schedule.steps()];
        double[] outputs = new double[schedule.steps()];
        for (int t = 1; t <= schedule.steps(); t++) {
            double clean = schedule.cleanCoefficient(t);
            states[t - 1] = clean * prediction.inputShare(schedule, t) + schedule.noisyCoefficient(t);
            outputs[t - 1] = clean * prediction.outputShare(schedule, t);
        }
        return new ReverseSteps(states, outputs);
    }

    /// T.
    int count() {
        return states.length;
    }

    /// `n_t`.
    double state(int step) {
        return states[step - 1];
    }

    /// `o_t`.
    double output(int step) {
        return outputs[step - 1];
    }

    /// `g_t`.
    double gathered(int step) {
        return gathered[step - 1];
    }

    /// P.
    double rowShare() {
        return rowShare;
    }

    /// `sum_t g_t`.
    double outputShare() {
        double sum = 0;
        for (double share : gathered) {
            sum += share;
        }
        return sum;
    }
}
