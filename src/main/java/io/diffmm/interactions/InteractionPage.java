package io.diffmm.interactions;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A part of what a user did, newest first.
///
/// @param next where the following page begins; empty after the last
public record InteractionPage(List<Interaction> interactions, Optional<Position> next) {

    /// The place of an interaction among a user's: everything older follows it, and at the same time smaller ids.
    public record Position(Instant occurredAt, String itemId) {}

    public InteractionPage {
        interactions = List.copyOf(interactions);
    }
}
