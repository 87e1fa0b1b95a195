package io.diffmm.api;

import io.diffmm.api.RecommendationResponses.ForSession;
import io.diffmm.api.RequestParameters.LimitParameter;
import io.diffmm.api.RequestParameters.QueryParameters;
import io.diffmm.recommendation.RecommendationQuery;
import io.diffmm.recommendation.RecommendationService;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.io.IOException;
import java.util.List;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Recommendations", description = "Item recommendations for users and sessions.")
class RecommendationController {

    private final RecommendationService recommendations;
    private final AnswerWriter answers;
    private final ApiProperties limits;

    RecommendationController(RecommendationService recommendations, AnswerWriter answers, ApiProperties limits) {
        this.recommendations = recommendations;
        this.answers = answers;
        this.limits = limits;
    }

    /// Returns items for a user, best first; popular items for a user without history.
    @GetMapping(path = "/users/{userId}/recommendations", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "recommendToUser",
            summary = "Recommend items to a user",
            description =
                    "Items are ranked by the model from the user's history, on request. A user without history gets"
                            + " the popular items; `strategy` in the answer distinguishes the two.")
    @ApiResponse(
            responseCode = "200",
            description = "Recommended items, best first; fewer than `limit` if no more exist.",
            content = @Content(schema = @Schema(implementation = RecommendationResponses.ForUser.class)))
    @ApiResponse(responseCode = "304", description = "The answer named in `If-None-Match` is still current.")
    @LimitParameter
    @QueryParameters
    void recommend(
            @PathVariable
                    @Parameter(
                            description = "Id of the user.",
                            example = "u42",
                            schema = @Schema(minLength = 1, maxLength = RequestParameters.Id.MAX_LENGTH))
                    String userId,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        RecommendationQuery query =
                RequestParameters.of(request).id("userId", userId).query();
        answers.write(recommendations.recommend(userId, query), request, response);
    }

    /// Returns items for an anonymous session from the history in the body, which is not stored.
    @PostMapping(
            path = "/recommendations",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "recommendToSession",
            summary = "Recommend items to an anonymous session",
            description = "Same ranking as for a user, from the history in the body, which is not stored. Unknown items"
                    + " are ignored and counted in `unknownItems`; of repeated items only the first one counts.")
    @ApiResponse(
            responseCode = "200",
            description = "Recommended items, best first; fewer than `limit` if no more exist.")
    @ApiResponse(responseCode = "413", description = "The body is too large.")
    @ApiResponse(responseCode = "415", description = "The body is not JSON.")
    @LimitParameter
    @QueryParameters
    ResponseEntity<ForSession> recommend(@Valid @RequestBody SessionRequest session, HttpServletRequest request) {
        RecommendationQuery query = RequestParameters.of(request).query();
        if (session.history().size() > limits.maxHistory()) {
            throw new InvalidParameterException(
                    "history",
                    "has %d items, at most %d are allowed"
                            .formatted(session.history().size(), limits.maxHistory()));
        }
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(ForSession.from(recommendations.recommend(session.history(), query)));
    }

    /// History of an anonymous session.
    @Schema(name = "Session")
    record SessionRequest(
            @NotNull
            @Schema(
                    description = "Ids of the items of this session, oldest first.",
                    example = "[\"v3\", \"v8\"]",
                    requiredMode = Schema.RequiredMode.REQUIRED)
            List<@RequestParameters.Id String> history) {}
}
