package io.diffmm.api;

import io.diffmm.recommendation.Recommendations;
import io.diffmm.recommendation.Recommendations.HistorySummary;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/// The answer for a user.
@Schema(name = "Recommendations")
record RecommendationsResponse(
        @Schema(
                description = "Identifies this answer; the same answer has the same id on every replica.",
                example = "20261122-091500-5be1f0a2.9c56cc51b374c3ba189210d5b6d4bf57")
        String recommendationId,

        @Schema(example = "u42") String userId,

        @Schema(
                description = "`personalized`: ranked by the model from the user's history. `popular`: the items that"
                        + " most users have, because there is no history.")
        Strategy strategy,

        ModelReference model,
        History history,
        List<ItemResponse> items) {

    /// What an answer rests on.
    @Schema(name = "History")
    record History(
            @Schema(description = "How many items the user's history has, as far as they count.")
            int items,

            @Schema(description = "Items of it that the model does not know; left out until the next training.")
            int unknownItems,

            @Schema(
                    description = "Whether what the user did since the training is among it; `false` while it cannot"
                            + " be looked up.")
            boolean live) {}

    static RecommendationsResponse from(String userId, Recommendations answer) {
        HistorySummary history = answer.history();
        return new RecommendationsResponse(
                answer.id(),
                userId,
                Strategy.of(answer),
                ModelReference.from(answer.model()),
                new History(history.items(), history.unknownItems(), history.live()),
                ItemResponse.from(answer.items()));
    }
}
