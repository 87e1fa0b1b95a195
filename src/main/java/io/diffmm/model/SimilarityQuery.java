package io.diffmm.model;

/// Asks for the items most like one; the item itself is not among them.
///
/// @param item its row
/// @param count how many are wanted; fewer come only if there are fewer
public record SimilarityQuery(int item, int count) {}
