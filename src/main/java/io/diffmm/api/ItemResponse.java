package io.diffmm.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.diffmm.recommendation.Recommendations.RecommendedItem;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One item of an answer.
///
/// @param title left out of the JSON if the item has none
/// @param explanation left out if it was not asked for
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "RankedItem")
record ItemResponse(
        @Schema(description = "Place in the whole ranking, from 1.", example = "1")
        int rank,

        @Schema(example = "v17") String itemId,

        @Schema(
                description = "Higher is better. Not a probability, and not comparable across models or strategies.",
                example = "3.2")
        float score,

        @Schema(description = "Left out if the item has none.", example = "The Third Man") @Nullable
        String title,

        @Schema(description = "With `explain=true`, in a personalized answer.") @Nullable
        ExplanationResponse explanation) {

    static List<ItemResponse> from(List<RecommendedItem> items) {
        return items.stream()
                .map(item -> new ItemResponse(
                        item.rank(),
                        item.itemId(),
                        item.score(),
                        item.title().orElse(null),
                        item.explanation().map(ExplanationResponse::from).orElse(null)))
                .toList();
    }
}
