package io.diffmm.api;

import io.diffmm.recommendation.RecommendationService;
import io.diffmm.recommendation.RecommendationService.ModelDescription;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.Map;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Model", description = "The served model.")
class ModelController {

    private final RecommendationService recommendations;

    ModelController(RecommendationService recommendations) {
        this.recommendations = recommendations;
    }

    /// Returns the served version, its settings and its offline metrics.
    @GetMapping(path = "/model", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "describeModel",
            summary = "Describe the served model",
            description = "The served version, its hyper-parameters and its metrics on held-out data.")
    @ApiResponse(responseCode = "200", description = "Description of the model.")
    ResponseEntity<ModelResponse> model() {
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noCache())
                .body(ModelResponse.from(recommendations.model()));
    }

    /// Description of the served model.
    @Schema(name = "Model")
    record ModelResponse(
            @Schema(example = "demo") String name,
            @Schema(example = "20260304-120001-5f2c9a01") String version,
            @Schema(example = "diffmm") String family,
            @Schema(description = "Time of publication.") Instant created,

            @Schema(description = "Device that computes the scores.", example = "cpu")
            String device,

            @Schema(
                    description = "Number formats of the item scan for small and for large batches; they do not affect"
                            + " the results.",
                    example = "int8, bfloat16")
            String precision,

            int users,
            int items,
            int interactions,
            @Schema(description = "All hyper-parameters.") Map<String, Object> settings,

            @Schema(
                    description = "Weights of the views in the blended score, and of recent interactions in each view."
                            + " Empty if the first view alone determines the ranking.")
            Map<String, Object> blend,

            @Schema(
                    description = "Metrics on held-out data of the model and of the popularity baseline.",
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
}
