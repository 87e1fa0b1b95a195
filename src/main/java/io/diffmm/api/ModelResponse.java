package io.diffmm.api;

import io.diffmm.recommendation.RecommendationService.ModelDescription;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Map;

/// What is loaded.
@Schema(name = "Model")
record ModelResponse(
        @Schema(example = "demo") String name,
        @Schema(example = "20260304-120001-5f2c9a01") String version,
        @Schema(example = "diffmm") String family,
        @Schema(description = "When it was published.") Instant created,

        @Schema(description = "Where it computes.", example = "cpu")
        String device,

        @Schema(
                description =
                        "In which precision items are scanned for few and for many users at once; it does not show in"
                                + " a result.",
                example = "int8, bfloat16")
        String precision,

        int users,
        int items,
        int interactions,
        @Schema(description = "Every hyper-parameter.") Map<String, Object> settings,

        @Schema(
                description = "How the views of a user become one score: each one's weight, and how it weighs recent"
                        + " interactions. Empty if the model's first view ranks alone.")
        Map<String, Object> blend,

        @Schema(
                description = "Held-out metrics of the model and, to compare, of recommending the popular items.",
                example = "{\"model\": {\"recall@20\": 0.31}, \"popularity\": {\"recall@20\": 0.12}}")
        Map<String, Map<String, Double>> metrics) {

    static ModelResponse from(ModelDescription model) {
        return new ModelResponse(
                model.name(),
                model.version(),
                model.family(),
                model.created(),
                model.device(),
                model.precision(),
                model.users(),
                model.items(),
                model.interactions(),
                model.settings(),
                model.blend(),
                model.metrics());
    }
}
