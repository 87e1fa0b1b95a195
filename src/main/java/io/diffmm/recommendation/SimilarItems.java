package io.diffmm.recommendation;

import java.util.List;

/// The items most like one item, best first.
///
/// @param id the same for the same answer on every replica
public record SimilarItems(String id, ModelIdentity model, String itemId, List<RecommendedItem> items) {

    public SimilarItems {
        items = List.copyOf(items);
    }
}
