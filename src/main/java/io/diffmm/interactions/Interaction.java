package io.diffmm.interactions;

import java.time.Instant;
import java.util.Optional;

/// That a user did something with an item.
///
/// @param itemId may be an item that no model knows yet
/// @param occurredAt in whole microseconds, as databases keep it
/// @param weight how much it counts, 0 or more; 1 unless somebody says otherwise
/// @param recommendationId the answer that it came from, if one is named
public record Interaction(String itemId, Instant occurredAt, double weight, Optional<String> recommendationId) {}
