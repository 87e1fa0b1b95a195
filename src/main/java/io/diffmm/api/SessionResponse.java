package io.diffmm.api;

import io.diffmm.recommendation.Recommendations;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/// The answer for an anonymous session.
@Schema(name = "SessionRecommendations")
record SessionResponse(
        @Schema(example = "20261122-091500-5be1f0a2.9c56cc51b374c3ba189210d5b6d4bf57")
        String recommendationId,

        @Schema(description = "`personalized` from the given history, or `popular` if no item of it is known.")
        Strategy strategy,

        ModelReference model,

        @Schema(description = "How many items of the history the model does not know; they were left out.")
        int unknownItems,

        List<ItemResponse> items) {

    static SessionResponse from(Recommendations answer) {
        return new SessionResponse(
                answer.id(),
                Strategy.of(answer),
                ModelReference.from(answer.model()),
                answer.history().unknownItems(),
                ItemResponse.from(answer.items()));
    }
}
