package io.diffmm.observability;

import io.diffmm.runtime.ModelRuntime;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// Up while the model answers; part of readiness, so that traffic comes only after warm-up.
final class ModelHealthIndicator implements HealthIndicator {

    private final ModelRuntime runtime;

    ModelHealthIndicator(ModelRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public Health health() {
        return runtime.ready() ? Health.up().build() : Health.outOfService().build();
    }
}
