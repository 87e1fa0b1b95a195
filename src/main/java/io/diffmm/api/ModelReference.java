package io.diffmm.api;

import io.diffmm.recommendation.Recommendations.ModelIdentity;
import io.swagger.v3.oas.annotations.media.Schema;

/// The model behind an answer.
@Schema(description = "The model that was loaded when the answer was given.")
record ModelReference(
        @Schema(example = "demo") String name,
        @Schema(example = "20260304-120001-5f2c9a01") String version) {

    static ModelReference from(ModelIdentity model) {
        return new ModelReference(model.name(), model.version());
    }
}
