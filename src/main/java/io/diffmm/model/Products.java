package io.diffmm.model;

/// In which type training multiplies its large matrices; sums and everything else are float32.
public enum Products {
    /// As published.
    FLOAT32,
    /// Several times faster on processors that have it, with 8 bits of precision.
    BFLOAT16
}
