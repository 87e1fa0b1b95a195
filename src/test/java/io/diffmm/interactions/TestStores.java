package io.diffmm.interactions;

import io.diffmm.interactions.InteractionsConfiguration.InteractionProperties;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Stores for tests, and interactions to write to them.
final class TestStores {

    static final Instant NOON = Instant.parse("2026-11-22T12:00:00.123456Z");

    private TestStores() {}

    static InteractionProperties properties(int maxHistory, Duration retention) {
        return new InteractionProperties(
                Path.of("unused"),
                maxHistory,
                Duration.ofMinutes(1),
                1_000_000,
                retention,
                6,
                Duration.ofMillis(500),
                Duration.ofSeconds(10));
    }

    static OpenedStore open(Database.Address address) {
        return open(address, Duration.ofHours(24));
    }

    /// @param retention retention of idempotency keys
    static OpenedStore open(Database.Address address, Duration retention) {
        return OpenedStore.open(address, properties(100, retention));
    }

    /// Returns an interaction `second` seconds after noon.
    static Interaction at(int second, String itemId) {
        return new Interaction(itemId, NOON.plusSeconds(second), 1, Optional.empty());
    }

    static List<Activity.LiveItem> live(Interaction... newestFirst) {
        return List.of(newestFirst).stream()
                .map(interaction -> new Activity.LiveItem(interaction.itemId(), interaction.occurredAt()))
                .toList();
    }
}
