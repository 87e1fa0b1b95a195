package io.diffmm.api;

import io.diffmm.recommendation.Recommendations;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/// The answer for a user.
@Schema(name = "Recommendations")
record RecommendationsResponse(
        @Schema(
                description = "Identifies this answer; the same answer has the same id on every replica.",
                example = "9c56cc51b374c3ba189210d5b6d4bf57")
        String recommendationId,

        @Schema(example = "u42") String userId,

        @Schema(
                description = "`personalized`: ranked by the model from the user's history. `popular`: the items that"
                        + " most users have, because there is no history.")
        Strategy strategy,

        ModelReference model,
        List<ItemResponse> items) {

    static RecommendationsResponse from(String userId, Recommendations answer) {
        return new RecommendationsResponse(
                answer.id(),
                userId,
                Strategy.of(answer),
                ModelReference.from(answer.model()),
                ItemResponse.from(answer.items()));
    }
}
