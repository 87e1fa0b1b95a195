package io.diffmm.api;

import io.swagger.v3.oas.annotations.media.Schema;

/// One thing that is wrong with a request, in the `errors` of a problem document.
record InvalidParameter(
        @Schema(example = "limit") String parameter,

        @Schema(example = "must be less than or equal to 100")
        String message) {

    String sentence() {
        return "%s %s".formatted(parameter, message);
    }
}
