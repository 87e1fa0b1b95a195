package io.diffmm.recommendation;

/// Where an answer came from.
public enum AnswerOrigin {
    /// It was there when it was asked for.
    CACHED,

    /// It had to be computed, or somebody was computing it.
    COMPUTED
}
