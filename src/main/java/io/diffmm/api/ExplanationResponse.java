package io.diffmm.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.diffmm.recommendation.Recommendations.ItemExplanation;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Why an item is in an answer.
@Schema(name = "Explanation")
record ExplanationResponse(
        @Schema(description = "What each view of the user adds to the score; they sum to it.")
        List<Share> shares,

        @Schema(description = "The items of the history that the score rests on most, at most three.")
        List<Because> because) {

    /// What a view adds to a score.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "Share")
    record Share(
            @Schema(example = "denoised") String view,

            @Schema(description = "Left out if the view is not of one alone.", example = "visual") @Nullable
            String modality,

            float score) {}

    /// An item of the history.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "Because")
    record Because(
            @Schema(example = "v3") String itemId,
            @Nullable String title,

            @Schema(description = "How much lower the score is when this item is left out of the history.")
            float change) {}

    static ExplanationResponse from(ItemExplanation explanation) {
        return new ExplanationResponse(
                explanation.shares().stream()
                        .map(share -> new Share(share.view(), share.modality().orElse(null), (float) share.score()))
                        .toList(),
                explanation.because().stream()
                        .map(item -> new Because(item.itemId(), item.title().orElse(null), (float) item.change()))
                        .toList());
    }
}
