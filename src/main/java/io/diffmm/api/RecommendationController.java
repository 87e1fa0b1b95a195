package io.diffmm.api;

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
import java.io.IOException;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Recommendations", description = "What to show to whom.")
class RecommendationController {

    private final RecommendationService recommendations;
    private final AnswerWriter answers;
    private final ApiProperties limits;

    RecommendationController(RecommendationService recommendations, AnswerWriter answers, ApiProperties limits) {
        this.recommendations = recommendations;
        this.answers = answers;
        this.limits = limits;
    }

    /// Items for a user, best first; a user without history gets the popular ones.
    @GetMapping(path = "/users/{userId}/recommendations", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "recommendToUser",
            summary = "Recommend items to a user",
            description = "Computed from the user's history when asked. A user whom the model does not know, or who has"
                    + " no history, gets the popular items, and the answer says so.")
    @ApiResponse(
            responseCode = "200",
            description = "The items, best first; fewer than `limit` if none are left.",
            content = @Content(schema = @Schema(implementation = RecommendationsResponse.class)))
    @ApiResponse(responseCode = "304", description = "The answer named in `If-None-Match` still holds.")
    @LimitParameter
    @QueryParameters
    void recommend(
            @PathVariable @Parameter(example = "u42", schema = @Schema(minLength = 1, maxLength = Id.LONGEST))
                    String userId,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        RecommendationQuery query = Parameters.of(request).id("userId", userId).query();
        answers.write(recommendations.recommend(userId, query), request, response);
    }

    /// Items for an anonymous session with the history in the body; nothing is stored.
    @PostMapping(
            path = "/recommendations",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "recommendToSession",
            summary = "Recommend items to an anonymous session",
            description = "The same computation as for a user, from the history in the body. Nothing is stored. Unknown"
                    + " items are left out and counted; of repeated ones the first counts.")
    @ApiResponse(responseCode = "200", description = "The items, best first; fewer than `limit` if none are left.")
    @ApiResponse(responseCode = "413", description = "The body is too large.")
    @ApiResponse(responseCode = "415", description = "The body is not JSON.")
    @LimitParameter
    @QueryParameters
    ResponseEntity<SessionResponse> recommend(@Valid @RequestBody SessionRequest session, HttpServletRequest request) {
        RecommendationQuery query = Parameters.of(request).query();
        if (session.history().size() > limits.maxHistory()) {
            throw new InvalidParameterException(
                    "history",
                    "has %d items, at most %d are allowed"
                            .formatted(session.history().size(), limits.maxHistory()));
        }
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(SessionResponse.from(recommendations.recommend(session.history(), query)));
    }
}
