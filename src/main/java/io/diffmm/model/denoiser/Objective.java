package io.diffmm.model.denoiser;

import com.fasterxml.jackson.annotation.JsonProperty;

/// What a denoiser is trained to predict.
public enum Objective {

    /// The row that it was given, noise taken away: as published. A history is a row of its weights.
    @JsonProperty("reconstruction")
    RECONSTRUCTION,

    /// The part of a history that it was not shown, at random. A row has a sum of its own, whatever the history's
    /// length.
    @JsonProperty("hidden-items")
    HIDDEN_ITEMS,

    /// The part of a history that came after what it was shown.
    @JsonProperty("later-items")
    LATER_ITEMS
}
