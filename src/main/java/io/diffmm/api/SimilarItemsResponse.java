package io.diffmm.api;

import io.diffmm.recommendation.Recommendations.SimilarItems;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/// The items like one item.
@Schema(name = "SimilarItems")
record SimilarItemsResponse(@Schema(example = "v17") String itemId, ModelReference model, List<ItemResponse> items) {

    static SimilarItemsResponse from(SimilarItems similar) {
        return new SimilarItemsResponse(
                similar.itemId(), ModelReference.from(similar.model()), ItemResponse.from(similar.items()));
    }
}
