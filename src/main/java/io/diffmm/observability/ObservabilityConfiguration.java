package io.diffmm.observability;

import com.github.benmanes.caffeine.cache.AsyncCache;
import io.diffmm.deployment.DeploymentEvents.DeploymentListener;
import io.diffmm.deployment.ModelDeployment;
import io.diffmm.deployment.Models.ServedVersion;
import io.diffmm.interactions.Interactions;
import io.diffmm.recommendation.RecommendationService;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import io.micrometer.tracing.Tracer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Meters and health of the parts that serve.
@Configuration(proxyBeanMethods = false)
class ObservabilityConfiguration {

    @Bean
    RecommendationMeters recommendationMeters(MeterRegistry registry, ObjectProvider<Tracer> tracer) {
        return new RecommendationMeters(registry, new RequestSpans(Optional.ofNullable(tracer.getIfAvailable())));
    }

    @Bean
    MeterBinder cacheMeters(AsyncCache<?, ?> recommendationCache) {
        return registry -> CaffeineCacheMetrics.monitor(registry, recommendationCache, "recommendations");
    }

    @Bean
    MemoryMeters memoryMeters() {
        return new MemoryMeters(Path.of("/proc/self/status"));
    }

    @Bean
    DeploymentMeters deploymentMeters(MeterRegistry registry, ModelDeployment deployment) {
        var meters = new DeploymentMeters(registry, deployment::refusing);
        deployment.listen(meters);
        return meters;
    }

    /// Forgets the versions that were served long ago.
    @Bean
    DeploymentListener versionedMeters(
            ModelDeployment deployment, RecommendationMeters recommendations, InteractionMeters interactions) {
        var listener = new DeploymentListener() {
            @Override
            public void serving(List<ServedVersion> versions) {
                recommendations.retain(deployment::served);
                interactions.retain(deployment::served);
            }
        };
        deployment.listen(listener);
        return listener;
    }

    @Bean
    RouteConvention routeConvention() {
        return new RouteConvention();
    }

    @Bean
    ArtifactsEndpoint artifactsEndpoint(ModelDeployment deployment) {
        return new ArtifactsEndpoint(deployment);
    }

    @Bean
    MeterBinder queueDepth(ModelDeployment deployment) {
        return registry -> Gauge.builder("diffmm.inference.queue.depth", deployment, ModelDeployment::waiting)
                .description("Requests that wait for a computing thread")
                .register(registry);
    }

    @Bean
    HealthIndicator modelHealthIndicator(ModelDeployment deployment) {
        return new ModelHealthIndicator(deployment);
    }

    @Bean
    HealthIndicator interactionsHealthIndicator(Interactions interactions) {
        return new InteractionsHealthIndicator(interactions);
    }

    @Bean
    InteractionMeters interactionMeters(
            MeterRegistry registry, Interactions interactions, RecommendationService recommendations) {
        var meters = new InteractionMeters(registry, recommendations);
        interactions.listen(meters);
        return meters;
    }
}
