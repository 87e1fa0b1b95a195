package io.diffmm.model.denoiser;

import io.diffmm.model.Products;
import io.diffmm.model.SettingRules;

/// How long a model that is nothing but a denoiser is trained: the section `optimisation` of its settings.
///
/// @param products in which type it multiplies its large matrices
/// @param epochs at most
/// @param patience epochs without a better list before training stops
/// @param interval epochs from one measurement on `valid` to the next
public record Optimisation(Products products, int epochs, int patience, int interval) {

    /// The name of the section.
    public static final String SECTION = "optimisation";

    public Optimisation {
        SettingRules.atLeast(1, epochs, "optimisation.epochs");
        SettingRules.atLeast(1, patience, "optimisation.patience");
        SettingRules.atLeast(1, interval, "optimisation.interval");
    }

    /// The same for another number of epochs.
    public Optimisation withEpochs(int other) {
        return new Optimisation(products, other, patience, interval);
    }
}
