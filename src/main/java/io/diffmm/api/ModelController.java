package io.diffmm.api;

import io.diffmm.recommendation.RecommendationService;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Model")
class ModelController {

    private final RecommendationService recommendations;

    ModelController(RecommendationService recommendations) {
        this.recommendations = recommendations;
    }

    /// What is loaded, how it was trained and how it was measured.
    @GetMapping(path = "/model", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "describeModel",
            summary = "Describe the loaded model",
            description = "Which version is served, its hyper-parameters, and its metrics on held-out data.")
    @ApiResponse(responseCode = "200", description = "The model.")
    ResponseEntity<ModelResponse> model() {
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noCache())
                .body(ModelResponse.from(recommendations.model()));
    }
}
