package io.diffmm.api;

import io.swagger.v3.oas.annotations.media.Schema;

/// The last line of the answer to an import.
@Schema(name = "Imported")
record ImportResponse(
        @Schema(description = "Lines that were read.") long lines,

        @Schema(description = "Interactions that are stored now and were not before.")
        long recorded,

        @Schema(description = "Interactions that were stored already.")
        long duplicates,

        @Schema(description = "Lines that were refused; a line of the answer says why for each.")
        long rejected) {}
