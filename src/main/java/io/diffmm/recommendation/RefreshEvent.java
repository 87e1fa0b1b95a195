package io.diffmm.recommendation;

/// What became of an answer past its age that was asked for.
public enum RefreshEvent {
    /// It is being computed again.
    STARTED,
    /// The new answer has taken its place.
    SUCCEEDED,
    /// It could not be computed again; the next request tries once more.
    FAILED,
    /// Too many others are being computed again.
    REFUSED
}
