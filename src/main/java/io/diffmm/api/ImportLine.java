package io.diffmm.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.diffmm.interactions.InteractionRules;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/// A line of an import: who did something, and what.
@Schema(name = "ImportedInteraction")
record ImportLine(
        @Schema(
                example = "u42",
                minLength = 1,
                maxLength = InteractionRules.LONGEST_ID,
                requiredMode = Schema.RequiredMode.REQUIRED)
        @Nullable
        String userId,

        @JsonUnwrapped InteractionBody interaction) {}
