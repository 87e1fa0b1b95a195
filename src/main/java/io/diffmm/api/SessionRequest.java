package io.diffmm.api;

import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import java.util.List;

/// What an anonymous session brings along.
@Schema(name = "Session")
record SessionRequest(
        @NotNull
        @Schema(
                description = "Ids of the items of this session, oldest first.",
                example = "[\"v3\", \"v8\"]",
                requiredMode = Schema.RequiredMode.REQUIRED)
        List<@Id String> history) {}
