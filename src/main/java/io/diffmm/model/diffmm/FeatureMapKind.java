package io.diffmm.model.diffmm;

import com.fasterxml.jackson.annotation.JsonProperty;

/// How a modality's raw features become d numbers an item.
public enum FeatureMapKind {

    /// An affine map, `x W + b`.
    @JsonProperty("linear")
    LINEAR,

    /// A matrix product through a leaky ReLU of slope 0.2, `leaky(x W)`.
    @JsonProperty("leaky-relu")
    LEAKY_RELU
}
