package io.diffmm.recommendation;

import java.util.Optional;

/// An item of an answer.
///
/// @param rank its place in the whole ranking; the best item has rank 1
/// @param score higher is better; not a probability, and not comparable across models or strategies
public record RecommendedItem(int rank, String itemId, float score, Optional<String> title) {}
