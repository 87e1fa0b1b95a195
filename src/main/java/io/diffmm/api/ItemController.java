package io.diffmm.api;

import io.diffmm.api.RequestParameters.LimitParameter;
import io.diffmm.recommendation.RecommendationService;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Items", description = "Similar items.")
class ItemController {

    private final RecommendationService recommendations;
    private final AnswerWriter answers;

    ItemController(RecommendationService recommendations, AnswerWriter answers) {
        this.recommendations = recommendations;
        this.answers = answers;
    }

    /// Returns the items most similar to an item, best first, without the item itself.
    @GetMapping(path = "/items/{itemId}/similar", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "findSimilarItems",
            summary = "Find similar items",
            description = "Items by the similarity of their embeddings to those of the given item, which is excluded.")
    @ApiResponse(
            responseCode = "200",
            description = "Similar items, most similar first.",
            content = @Content(schema = @Schema(implementation = RecommendationResponses.ForItem.class)))
    @ApiResponse(responseCode = "304", description = "The answer named in `If-None-Match` is still current.")
    @ApiResponse(responseCode = "404", description = "The model does not contain the item.")
    @LimitParameter
    void similar(
            @PathVariable
                    @Parameter(
                            description = "Id of the item.",
                            example = "v17",
                            schema = @Schema(minLength = 1, maxLength = RequestParameters.Id.MAX_LENGTH))
                    String itemId,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        int limit = RequestParameters.of(request).id("itemId", itemId).limit();
        answers.write(recommendations.similar(itemId, limit), request, response);
    }
}
