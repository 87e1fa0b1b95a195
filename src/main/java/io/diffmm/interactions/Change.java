package io.diffmm.interactions;

/// What a transaction changes of a user.
enum Change {
    /// What they did.
    HISTORY,
    /// Everything: they are erased.
    ERASURE
}
