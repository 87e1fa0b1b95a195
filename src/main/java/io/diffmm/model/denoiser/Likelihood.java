package io.diffmm.model.denoiser;

import com.fasterxml.jackson.annotation.JsonProperty;

/// How far a predicted row is from the right one.
public enum Likelihood {

    /// The squared error of its entries.
    @JsonProperty("gaussian")
    GAUSSIAN,

    /// Minus the logarithm of the right items' shares, the predicted row's entries being the shares' logarithms
    /// but for a constant (Liang et al. 2018, equation 2, <https://arxiv.org/abs/1802.05814>).
    @JsonProperty("multinomial")
    MULTINOMIAL
}
