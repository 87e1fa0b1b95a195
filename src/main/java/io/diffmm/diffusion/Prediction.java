package io.diffmm.diffusion;

import com.fasterxml.jackson.annotation.JsonProperty;

/// Quantity that a denoiser predicts, given `x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) noise`. The predicted clean
/// row is `xhat_0 = a_t x_t + b_t output`.
public enum Prediction {

    /// The clean row: a = 0, b = 1.
    @JsonProperty("clean")
    CLEAN {
        @Override
        public double inputShare(NoiseSchedule schedule, int step) {
            return 0;
        }

        @Override
        public double outputShare(NoiseSchedule schedule, int step) {
            return 1;
        }
    },

    /// The noise: a = `1 / sqrt(abar_t)`, b = `-sqrt(1 - abar_t) / sqrt(abar_t)` (Ho et al. 2020, equation 15,
    /// <https://arxiv.org/abs/2006.11239>).
    @JsonProperty("noise")
    NOISE {
        @Override
        public double inputShare(NoiseSchedule schedule, int step) {
            return 1 / schedule.signalRate(step);
        }

        @Override
        public double outputShare(NoiseSchedule schedule, int step) {
            return -schedule.noiseRate(step) / schedule.signalRate(step);
        }
    };

    /// Returns `a_t`.
    public abstract double inputShare(NoiseSchedule schedule, int step);

    /// Returns `b_t`, which is never zero.
    public abstract double outputShare(NoiseSchedule schedule, int step);
}
