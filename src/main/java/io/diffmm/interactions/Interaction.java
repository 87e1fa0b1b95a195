package io.diffmm.interactions;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Interaction of a user with an item, such as a view or a purchase.
///
/// @param itemId id of the item, which may be unknown to every model
/// @param occurredAt time of the interaction, in whole microseconds, which is the precision of the databases
/// @param weight strength of the interaction, 0 or more; 1 by default
/// @param recommendationId id of the recommendation response that led to the interaction, if the client sent one
public record Interaction(String itemId, Instant occurredAt, double weight, Optional<String> recommendationId) {

    /// Interaction together with the id of its user.
    public record UserInteraction(String userId, Interaction interaction) {}

    /// Page of a user's interactions, newest first.
    ///
    /// @param interactions interactions of this page
    /// @param next position of the last interaction of this page if another page follows
    public record InteractionPage(List<Interaction> interactions, Optional<Position> next) {

        /// Sort key of an interaction among those of one user: by time, then by item id.
        public record Position(Instant occurredAt, String itemId) {}

        public InteractionPage {
            interactions = List.copyOf(interactions);
        }
    }
}
