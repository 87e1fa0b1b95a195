package io.diffmm.api;

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

/// Something that a user did, as it is sent.
@Schema(name = "NewInteraction")
record InteractionBody(
        @Schema(
                example = "v17",
                minLength = 1,
                maxLength = InteractionRules.LONGEST_ID,
                requiredMode = Schema.RequiredMode.REQUIRED)
        @Nullable
        String itemId,

        @Schema(
                description = "When, with an offset; by default now.",
                example = "2026-11-22T12:00:00Z",
                format = "date-time")
        @Nullable
        String timestamp,

        @Schema(
                description =
                        "How much it counts; by default 1. Stored for the training, which may leave out what weighs less.",
                example = "1",
                minimum = "0")
        @Nullable
        Double weight,

        @Schema(description = "The answer that it came from.", maxLength = InteractionRules.LONGEST_RECOMMENDATION_ID)
        @Nullable
        String recommendationId) {

    private static final double WEIGHT = 1;

    /// The interaction, if it may be stored.
    ///
    /// @param now when it was, if it does not say
    /// @param violations takes what is wrong with it
    Optional<Interaction> read(InteractionRules rules, Instant now, List<Violation> violations) {
        Optional<Instant> time = time(now, violations);
        if (itemId == null) {
            violations.add(new Violation("itemId", "must be there"));
        }
        if (itemId == null || time.isEmpty()) {
            return Optional.empty();
        }
        var interaction = new Interaction(
                itemId, time.get(), weight == null ? WEIGHT : weight, Optional.ofNullable(recommendationId));
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
}
