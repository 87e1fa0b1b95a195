package io.diffmm.recommendation;

/// How an answer was found.
public enum AnswerKind {
    /// Ranked by the model from a history.
    PERSONALIZED,
    /// The items that most users have.
    POPULAR,
    /// The items like one item.
    SIMILAR
}
