package io.diffmm.recommendation;

import java.util.Optional;

/// An item of an answer.
///
/// @param rank its place in the whole ranking; the best item has rank 1
/// @param score higher is better; not a probability, and not comparable across models or strategies
/// @param explanation why it is there, if that was asked for
public record RecommendedItem(
        int rank, String itemId, float score, Optional<String> title, Optional<ItemExplanation> explanation) {

    /// An item without an explanation.
    public RecommendedItem(int rank, String itemId, float score, Optional<String> title) {
        this(rank, itemId, score, title, Optional.empty());
    }

    RecommendedItem explained(ItemExplanation why) {
        return new RecommendedItem(rank, itemId, score, title, Optional.of(why));
    }
}
