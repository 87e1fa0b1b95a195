package io.diffmm.model.denoiser;

import com.fasterxml.jackson.annotation.JsonProperty;

/// How training draws the diffusion step of a row.
public enum StepSampling {

    /// All steps alike.
    @JsonProperty("uniform")
    UNIFORM,

    /// Steps with greater losses more often, each loss divided by how much more.
    @JsonProperty("importance")
    IMPORTANCE
}
