package io.diffmm.observability;

import io.diffmm.deployment.ModelDeployment;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// Up while the model answers; part of readiness, so that traffic comes only after warm-up.
final class ModelHealthIndicator implements HealthIndicator {

    private final ModelDeployment deployment;

    ModelHealthIndicator(ModelDeployment deployment) {
        this.deployment = deployment;
    }

    @Override
    public Health health() {
        return deployment.ready() ? Health.up().build() : Health.outOfService().build();
    }
}
