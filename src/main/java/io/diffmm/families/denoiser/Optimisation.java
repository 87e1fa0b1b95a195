package io.diffmm.families.denoiser;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.diffmm.model.SettingRules;

/// Length of the training of a family with a single denoiser: the section `optimisation` of its settings.
///
/// @param products type of the products of large matrices
/// @param epochs maximum number of epochs
/// @param patience epochs without improvement before training stops
/// @param interval epochs between two measurements on `valid`
public record Optimisation(ProductType products, int epochs, int patience, int interval) {

    /// Type in which training multiplies large matrices; sums and everything else are float32.
    public enum ProductType {
        /// As published.
        @JsonProperty("float32")
        FLOAT32,
        /// 8 bits of precision; several times faster on processors that support it.
        @JsonProperty("bfloat16")
        BFLOAT16
    }

    public Optimisation {
        SettingRules.atLeast(1, epochs, "optimisation.epochs");
        SettingRules.atLeast(1, patience, "optimisation.patience");
        SettingRules.atLeast(1, interval, "optimisation.interval");
    }

    /// Returns the same settings with another maximum number of epochs.
    public Optimisation withEpochs(int other) {
        return new Optimisation(products, other, patience, interval);
    }
}
