package io.diffmm.observability;

import io.diffmm.interactions.Interactions;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// Up while the store of interactions answers. Not part of readiness: answers go on without it.
final class InteractionsHealthIndicator implements HealthIndicator {

    private final Interactions interactions;

    InteractionsHealthIndicator(Interactions interactions) {
        this.interactions = interactions;
    }

    @Override
    public Health health() {
        return interactions.available() ? Health.up().build() : Health.down().build();
    }
}
