package io.diffmm.observability;

import com.github.benmanes.caffeine.cache.AsyncCache;
import io.diffmm.deployment.DeploymentEvents.DeploymentListener;
import io.diffmm.deployment.ModelDeployment;
import io.diffmm.deployment.ServedModels.ServedVersion;
import io.diffmm.interactions.Interactions;
import io.diffmm.recommendation.RecommendationService;
import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import io.micrometer.tracing.Tracer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.observation.ServerRequestObservationContext;

/// Meters, health indicators and traces of the serving application.
@Configuration(proxyBeanMethods = false)
class ObservabilityConfiguration {

    @Bean
    RecommendationMeters recommendationMeters(MeterRegistry registry, ObjectProvider<Tracer> tracer) {
        return new RecommendationMeters(registry, Optional.ofNullable(tracer.getIfAvailable()));
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

    /// Removes the meters of versions that are no longer served.
    @Bean
    DeploymentListener versionedMeters(
            ModelDeployment deployment, RecommendationMeters recommendations, InteractionMeters interactions) {
        var listener = new DeploymentListener() {
            @Override
            public void serving(List<ServedVersion> versions) {
                recommendations.retain(deployment.served()::served);
                interactions.retain(deployment.served()::served);
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
    MeterBinder queueDepth(ModelDeployment deployment) {
        return registry -> Gauge.builder("diffmm.inference.queue.depth", deployment, ModelDeployment::waiting)
                .description("Number of requests in the inference queue")
                .register(registry);
    }

    /// Reports the model as up after warm-up. Part of readiness, so that traffic starts only then.
    @Bean
    HealthIndicator modelHealthIndicator(ModelDeployment deployment) {
        return () -> (deployment.ready() ? Health.up() : Health.outOfService()).build();
    }

    /// Reports the availability of the interaction store. Not part of readiness: recommendations work without it.
    @Bean
    HealthIndicator interactionsHealthIndicator(Interactions interactions) {
        return () -> (interactions.available() ? Health.up() : Health.down()).build();
    }

    @Bean
    InteractionMeters interactionMeters(
            MeterRegistry registry, Interactions interactions, RecommendationService recommendations) {
        var meters = new InteractionMeters(registry, recommendations);
        interactions.listen(meters);
        return meters;
    }

    /// Resident memory of the process by kind, on Linux: `anonymous` is heap and native memory, `file` is memory-mapped
    /// libraries and models, which the kernel can evict.
    ///
    /// @param status path of the process's status file, `/proc/self/status`
    record MemoryMeters(Path status) implements MeterBinder {

        private static final Map<String, String> FIELDS = Map.of("anonymous", "RssAnon:", "file", "RssFile:");
        private static final double KIBIBYTE = 1024;

        @Override
        public void bindTo(MeterRegistry registry) {
            FIELDS.forEach((kind, field) -> Gauge.builder("diffmm.process.memory", () -> bytes(field))
                    .description("Resident memory of the process, heap and native")
                    .baseUnit("bytes")
                    .tag("kind", kind)
                    .register(registry));
        }

        /// Returns the value of a field in bytes, or NaN if the operating system does not provide it.
        private double bytes(String field) {
            try (Stream<String> lines = Files.lines(status)) {
                return lines.filter(line -> line.startsWith(field))
                        .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIBIBYTE)
                        .findFirst()
                        .orElse(Double.NaN);
            } catch (IOException _) {
                return Double.NaN;
            }
        }
    }

    /// Names requests in traces by their route, because a path contains the user's id.
    static final class RouteConvention extends DefaultServerRequestObservationConvention {

        @Override
        protected KeyValue httpUrl(ServerRequestObservationContext context) {
            String route = context.getPathPattern();
            return KeyValue.of("http.url", route == null ? "unknown" : route);
        }
    }
}
