package io.diffmm.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.diffmm.interactions.Interaction;
import io.diffmm.interactions.Interaction.InteractionPage;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A page of what a user did.
@Schema(name = "Interactions")
record InteractionsResponse(
        @Schema(example = "u42") String userId,

        @Schema(description = "Newest first.") List<Entry> interactions,

        @Schema(description = "The `after` of the following page; missing on the last.")
        @JsonInclude(JsonInclude.Include.NON_ABSENT)
        Optional<String> next) {

    /// One interaction.
    @Schema(name = "Interaction")
    record Entry(
            @Schema(example = "v17") String itemId,
            Instant timestamp,
            double weight,

            @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> recommendationId) {

        static Entry from(Interaction interaction) {
            return new Entry(
                    interaction.itemId(),
                    interaction.occurredAt(),
                    interaction.weight(),
                    interaction.recommendationId());
        }
    }

    static InteractionsResponse from(String userId, InteractionPage page) {
        return new InteractionsResponse(
                userId,
                page.interactions().stream().map(Entry::from).toList(),
                page.next().map(PageToken::write));
    }
}
