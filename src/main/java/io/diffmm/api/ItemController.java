package io.diffmm.api;

import io.diffmm.recommendation.RecommendationQuery;
import io.diffmm.recommendation.RecommendationService;
import io.diffmm.recommendation.SimilarItems;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Items")
class ItemController {

    private final RecommendationService recommendations;
    private final CachedAnswers cached;

    ItemController(RecommendationService recommendations, CachedAnswers cached) {
        this.recommendations = recommendations;
        this.cached = cached;
    }

    /// The items most like one item, best first, without the item itself.
    @GetMapping(path = "/items/{itemId}/similar", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "findSimilarItems",
            summary = "Find items like an item",
            description = "By the likeness of the items' embeddings. The item itself is left out.")
    @ApiResponse(responseCode = "200", description = "The items, most alike first.")
    @ApiResponse(responseCode = "304", description = "The answer named in `If-None-Match` still holds.")
    @ApiResponse(responseCode = "404", description = "The model does not know the item.")
    ResponseEntity<SimilarItemsResponse> similar(
            @PathVariable @Id @Parameter(example = "v17") String itemId,
            @RequestParam(defaultValue = "20")
                    @Min(1)
                    @Max(RecommendationQuery.MAXIMUM_LIMIT)
                    @Parameter(description = "At most so many items.")
                    int limit) {
        SimilarItems similar = recommendations.similar(itemId, limit);
        return cached.of(similar.id(), SimilarItemsResponse.from(similar));
    }
}
