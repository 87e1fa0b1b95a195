package io.diffmm.observability;

import com.github.benmanes.caffeine.cache.AsyncCache;
import io.diffmm.interactions.Interactions;
import io.diffmm.recommendation.RecommendationService;
import io.diffmm.runtime.ModelRuntime;
import io.diffmm.runtime.ServedModel;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Meters and health of the parts that serve.
@Configuration(proxyBeanMethods = false)
class ObservabilityConfiguration {

    @Bean
    RecommendationMeters recommendationMeters(MeterRegistry registry) {
        return new RecommendationMeters(registry);
    }

    @Bean
    MeterBinder cacheMeters(AsyncCache<?, ?> recommendationCache) {
        return registry -> CaffeineCacheMetrics.monitor(registry, recommendationCache, "recommendations");
    }

    @Bean
    MeterBinder modelInfo(ModelRuntime runtime) {
        return registry -> {
            ServedModel model = runtime.model();
            Gauge.builder("diffmm.model.info", () -> 1)
                    .description("What is loaded, in the tags; the value is always 1")
                    .tag("name", model.name())
                    .tag("version", model.version())
                    .tag("family", model.family())
                    .tag("device", model.device())
                    .tag("precision", model.precision())
                    .register(registry);
        };
    }

    @Bean
    MeterBinder queueDepth(ModelRuntime runtime) {
        return registry -> Gauge.builder("diffmm.inference.queue.depth", runtime, ModelRuntime::waiting)
                .description("Requests that wait for a computing thread")
                .register(registry);
    }

    @Bean
    HealthIndicator modelHealthIndicator(ModelRuntime runtime) {
        return new ModelHealthIndicator(runtime);
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
