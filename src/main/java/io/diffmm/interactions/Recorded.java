package io.diffmm.interactions;

/// What became of a write.
///
/// @param recorded interactions that are stored now and were not before
/// @param duplicates interactions that were there already, by user, item and time
/// @param replayed whether this is the outcome of an earlier write with the same key, and nothing was written now
public record Recorded(int recorded, int duplicates, boolean replayed) {}
