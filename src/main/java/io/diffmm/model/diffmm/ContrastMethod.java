package io.diffmm.model.diffmm;

import com.fasterxml.jackson.annotation.JsonProperty;

/// Which views of users and items the contrastive term holds against each other.
public enum ContrastMethod {

    /// Method 0: each pair of modalities; with a single modality there is no pair, and no contrastive term.
    @JsonProperty("modality-pairs")
    MODALITY_PAIRS,

    /// Method 1: the main view against each modality.
    @JsonProperty("main-view")
    MAIN_VIEW
}
