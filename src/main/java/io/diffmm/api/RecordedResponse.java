package io.diffmm.api;

import io.swagger.v3.oas.annotations.media.Schema;

/// What became of interactions that were sent.
@Schema(name = "Recorded")
record RecordedResponse(
        @Schema(description = "Interactions that are stored now and were not before.")
        int recorded,

        @Schema(description = "Interactions that were stored already.")
        int duplicates,

        @Schema(description = "Items that the model does not know: stored for the next training, left out until then.")
        int unknownItems) {}
