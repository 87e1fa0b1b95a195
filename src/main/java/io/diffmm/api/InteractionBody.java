package io.diffmm.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.diffmm.interactions.Interaction;
import io.diffmm.interactions.InteractionRules;
import io.diffmm.interactions.InteractionRules.Violation;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Interaction in a request body.
@Schema(name = "NewInteraction")
record InteractionBody(
        @Schema(
                example = "v17",
                minLength = 1,
                maxLength = InteractionRules.MAX_ID_LENGTH,
                requiredMode = Schema.RequiredMode.REQUIRED)
        @Nullable
        String itemId,

        @Schema(
                description = "Time of the interaction, with an offset. Defaults to the current time.",
                example = "2026-11-22T12:00:00Z",
                format = "date-time")
        @Nullable
        String timestamp,

        @Schema(
                description =
                        "Weight of the interaction. Defaults to 1. Training can exclude interactions below a minimum"
                                + " weight.",
                example = "1",
                minimum = "0")
        @Nullable
        Double weight,

        @Schema(
                description = "Id of the answer that led to the interaction.",
                maxLength = InteractionRules.MAX_RECOMMENDATION_ID_LENGTH)
        @Nullable
        String recommendationId) {

    private static final double DEFAULT_WEIGHT = 1;

    /// Returns the interaction, or empty if a required field is missing or malformed.
    ///
    /// @param now time of an interaction without a timestamp
    /// @param violations receives all violations; an interaction with violations must not be stored
    Optional<Interaction> read(InteractionRules rules, Instant now, List<Violation> violations) {
        Optional<Instant> time = time(now, violations);
        if (itemId == null) {
            violations.add(new Violation("itemId", "must be there"));
        }
        if (itemId == null || time.isEmpty()) {
            return Optional.empty();
        }
        var interaction = new Interaction(
                itemId, time.get(), weight == null ? DEFAULT_WEIGHT : weight, Optional.ofNullable(recommendationId));
        violations.addAll(rules.violations(interaction));
        return Optional.of(interaction);
    }

    private Optional<Instant> time(Instant now, List<Violation> violations) {
        if (timestamp == null) {
            return Optional.of(now);
        }
        try {
            return Optional.of(OffsetDateTime.parse(timestamp).toInstant().truncatedTo(ChronoUnit.MICROS));
        } catch (DateTimeException _) {
            violations.add(new Violation("timestamp", "must be a time with an offset, such as 2026-11-22T12:00:00Z"));
            return Optional.empty();
        }
    }

    /// Line of a bulk import: an interaction and its user.
    @Schema(name = "ImportedInteraction")
    record ImportLine(
            @Schema(
                    example = "u42",
                    minLength = 1,
                    maxLength = InteractionRules.MAX_ID_LENGTH,
                    requiredMode = Schema.RequiredMode.REQUIRED)
            @Nullable
            String userId,

            @JsonUnwrapped InteractionBody interaction) {}
}
