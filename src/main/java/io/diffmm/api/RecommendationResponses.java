package io.diffmm.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.diffmm.recommendation.Recommendations;
import io.diffmm.recommendation.Recommendations.HistorySummary;
import io.diffmm.recommendation.Recommendations.ItemExplanation;
import io.diffmm.recommendation.Recommendations.RecommendedItem;
import io.diffmm.recommendation.Recommendations.SimilarItems;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Response bodies of the endpoints that return ranked items.
final class RecommendationResponses {

    private RecommendationResponses() {}

    /// Recommendations for a user.
    @Schema(name = "Recommendations")
    record ForUser(
            @Schema(
                    description = "Id of this answer; equal answers have equal ids on all replicas.",
                    example = "20261122-091500-5be1f0a2.9c56cc51b374c3ba189210d5b6d4bf57")
            String recommendationId,

            @Schema(example = "u42") String userId,

            @Schema(
                    description =
                            "`personalized`: ranked by the model from the user's history. `popular`: items with the"
                                    + " most users, because the user has no history.",
                    allowableValues = {"personalized", "popular"})
            String strategy,

            ModelReference model,
            History history,
            List<RankedItem> items) {

        static ForUser from(String userId, Recommendations answer) {
            HistorySummary history = answer.history();
            return new ForUser(
                    answer.id(),
                    userId,
                    answer.strategy(),
                    new ModelReference(answer.model(), answer.version()),
                    new History(history.items(), history.unknownItems(), history.live()),
                    RankedItem.from(answer.items()));
        }
    }

    /// Summary of the history that an answer is computed from.
    @Schema(name = "History")
    record History(
            @Schema(description = "Number of items in the user's history that the model uses.")
            int items,

            @Schema(description = "Number of further items, which the model does not contain until the next training.")
            int unknownItems,

            @Schema(
                    description = "Whether the history includes interactions recorded since the training; `false` while"
                            + " they cannot be read.")
            boolean live) {}

    /// Recommendations for an anonymous session.
    @Schema(name = "SessionRecommendations")
    record ForSession(
            @Schema(example = "20261122-091500-5be1f0a2.9c56cc51b374c3ba189210d5b6d4bf57")
            String recommendationId,

            @Schema(
                    description =
                            "`personalized`: ranked by the model from the given history. `popular`: items with the"
                                    + " most users, because the model contains no item of the history.",
                    allowableValues = {"personalized", "popular"})
            String strategy,

            ModelReference model,

            @Schema(description = "Number of history items that the model does not contain; they are ignored.")
            int unknownItems,

            List<RankedItem> items) {

        static ForSession from(Recommendations answer) {
            return new ForSession(
                    answer.id(),
                    answer.strategy(),
                    new ModelReference(answer.model(), answer.version()),
                    answer.history().unknownItems(),
                    RankedItem.from(answer.items()));
        }
    }

    /// Items similar to an item.
    @Schema(name = "SimilarItems")
    record ForItem(@Schema(example = "v17") String itemId, ModelReference model, List<RankedItem> items) {

        static ForItem from(SimilarItems similar) {
            return new ForItem(
                    similar.itemId(),
                    new ModelReference(similar.model(), similar.version()),
                    RankedItem.from(similar.items()));
        }
    }

    /// Model version that computed an answer.
    @Schema(name = "ModelReference", description = "Model version that computed the answer.")
    record ModelReference(
            @Schema(example = "demo") String name,
            @Schema(example = "20260304-120001-5f2c9a01") String version) {}

    /// Item of an answer.
    ///
    /// @param title absent from the JSON if the item has none
    /// @param explanation absent from the JSON if not requested
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "RankedItem")
    record RankedItem(
            @Schema(description = "Position in the whole ranking, starting at 1.", example = "1")
            int rank,

            @Schema(example = "v17") String itemId,

            @Schema(
                    description = "Higher is better. Scores are not probabilities and not comparable across models or"
                            + " strategies.",
                    example = "3.2")
            float score,

            @Schema(description = "Absent if the item has no title.", example = "The Third Man") @Nullable
            String title,

            @Schema(
                    description =
                            "Present in personalized answers to requests with `explain=true` or `explain=shares`.")
            @Nullable
            ExplanationBody explanation) {

        static List<RankedItem> from(List<RecommendedItem> items) {
            return items.stream()
                    .map(item -> new RankedItem(
                            item.rank(),
                            item.itemId(),
                            item.score(),
                            item.title().orElse(null),
                            item.explanation().map(ExplanationBody::from).orElse(null)))
                    .toList();
        }
    }

    /// Explanation of an item's score.
    @Schema(name = "Explanation")
    record ExplanationBody(
            @Schema(description = "Contribution of each view to the score; the contributions add up to the score.")
            List<ShareBody> shares,

            @Schema(
                    description =
                            "History items with the greatest influence on the score, at most three; empty with `explain=shares`.")
            List<BecauseBody> because) {

        static ExplanationBody from(ItemExplanation explanation) {
            return new ExplanationBody(
                    explanation.shares().stream()
                            .map(share ->
                                    new ShareBody(share.view(), share.modality().orElse(null), (float) share.score()))
                            .toList(),
                    explanation.because().stream()
                            .map(item ->
                                    new BecauseBody(item.itemId(), item.title().orElse(null), (float) item.change()))
                            .toList());
        }
    }

    /// Contribution of a view to a score.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "Share")
    record ShareBody(
            @Schema(example = "denoised") String view,

            @Schema(description = "Absent if the view does not belong to a single modality.", example = "visual")
            @Nullable
            String modality,

            float score) {}

    /// Influence of a history item on a score.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "Because")
    record BecauseBody(
            @Schema(example = "v3") String itemId,
            @Nullable String title,

            @Schema(description = "Decrease of the score if this item is removed from the history.")
            float change) {}
}
