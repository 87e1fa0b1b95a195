package io.diffmm.model.denoiser;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.diffmm.diffusion.NoiseSchedule;
import io.diffmm.diffusion.Prediction;

/// How much the loss at a step counts.
public enum StepWeights {

    /// The weights of the evidence lower bound, by the signal-to-noise ratio.
    @JsonProperty("signal-to-noise")
    SIGNAL_TO_NOISE {
        @Override
        public double of(NoiseSchedule schedule, Prediction prediction, int step) {
            return schedule.lossWeight(step);
        }
    },

    /// The error of what the denoiser predicts, at each step alike.
    @JsonProperty("none")
    NONE {
        @Override
        public double of(NoiseSchedule schedule, Prediction prediction, int step) {
            double share = prediction.outputShare(schedule, step);
            return 1 / (share * share);
        }
    };

    /// The weight of the squared error of the clean row that follows from what a denoiser predicts.
    public abstract double of(NoiseSchedule schedule, Prediction prediction, int step);
}
