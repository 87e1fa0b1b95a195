package io.diffmm.model.denoiser;

import com.fasterxml.jackson.annotation.JsonProperty;

/// What a denoiser is before it was trained.
public enum Start {

    /// Random weights, as published.
    @JsonProperty("random")
    RANDOM,

    /// A step of the walk from item to user to item, as far as the hidden layer can hold it.
    @JsonProperty("spectral")
    SPECTRAL
}
