package io.diffmm.retrieval;

import java.util.BitSet;

/// What is asked of a search.
///
/// @param excluded items that are not ranked; shared, not to be written to
/// @param count how many items are wanted
public record Wanted(BitSet excluded, int count) {}
