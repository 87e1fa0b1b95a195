package io.diffmm.model;

import com.fasterxml.jackson.annotation.JsonProperty;

/// In which type training multiplies its large matrices; sums and everything else are float32.
public enum Products {
    /// As published.
    @JsonProperty("float32")
    FLOAT32,
    /// Several times faster on processors that have it, with 8 bits of precision.
    @JsonProperty("bfloat16")
    BFLOAT16
}
