package io.diffmm.observability;

import com.github.benmanes.caffeine.cache.AsyncCache;
import io.diffmm.deployment.DeploymentEvents.DeploymentListener;
import io.diffmm.deployment.ModelDeployment;
import io.diffmm.deployment.ServedModels.ServedVersion;
import io.diffmm.engine.ProcessMemory;
import io.diffmm.interactions.Interactions;
import io.diffmm.observability.RecommendationMeters.Readiness;
import io.diffmm.recommendation.RecommendationService;
import io.diffmm.runtime.ModelRuntime.ServedModel;
import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.observation.ObservationPredicate;
import io.micrometer.tracing.Tracer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
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

    private static final String REQUESTS = "http.server.requests";

    @Bean
    static Readiness readiness() {
        return new Readiness();
    }

    @Bean
    RecommendationMeters recommendationMeters(
            MeterRegistry registry, ObjectProvider<Tracer> tracer, Readiness readiness) {
        return new RecommendationMeters(registry, Optional.ofNullable(tracer.getIfAvailable()), readiness);
    }

    /// Excludes the requests of the warm-up from the meter of requests.
    ///
    /// Their observations run nevertheless, unless there are traces, since that code is to be compiled, too.
    @Bean
    static MeterFilter requestsAfterWarmUp(Readiness readiness) {
        return MeterFilter.deny(id -> !readiness.getAsBoolean() && id.getName().startsWith(REQUESTS));
    }

    /// Excludes the requests of the warm-up from traces.
    @Bean
    ObservationPredicate tracesAfterWarmUp(Readiness readiness, ObjectProvider<Tracer> tracer) {
        return (_, context) -> readiness.getAsBoolean()
                || !(context instanceof ServerRequestObservationContext)
                || tracer.getIfAvailable() == null;
    }

    @Bean
    MeterBinder cacheMeters(AsyncCache<?, ?> recommendationCache) {
        return registry -> CaffeineCacheMetrics.monitor(registry, recommendationCache, "recommendations");
    }

    @Bean
    MemoryMeters memoryMeters() {
        return new MemoryMeters(ProcessMemory.ofThisProcess());
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

    /// Reports the availability of the interaction store. Not part of readiness: recommendations work
    /// without it.
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

    /// Resident memory of the process by kind, on Linux: `anonymous` is heap and native memory, `file` is
    /// memory-mapped libraries and models, which the kernel can evict.
    ///
    /// The meters are NaN if the operating system does not report the memory.
    record MemoryMeters(ProcessMemory memory) implements MeterBinder {

        @Override
        public void bindTo(MeterRegistry registry) {
            register("anonymous", memory::anonymous, registry);
            register("file", memory::mapped, registry);
        }

        private static void register(String kind, Supplier<OptionalLong> bytes, MeterRegistry registry) {
            Gauge.builder("diffmm.process.memory", () -> value(bytes.get()))
                    .description("Resident memory of the process, heap and native")
                    .baseUnit("bytes")
                    .tag("kind", kind)
                    .register(registry);
        }

        private static double value(OptionalLong bytes) {
            return bytes.isPresent() ? bytes.getAsLong() : Double.NaN;
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

    /// Meters of version deployment: served versions, their age, swaps and refusals.
    static final class DeploymentMeters implements DeploymentListener {

        private final MultiGauge info;
        private final MultiGauge age;
        private final Counter succeeded;
        private final Counter failed;
        private final Counter unavailable;
        private boolean started;

        DeploymentMeters(MeterRegistry registry, BooleanSupplier refusing) {
            info = MultiGauge.builder("diffmm.model.info")
                    .description("Served model version, described by the tags; the value is always 1")
                    .register(registry);
            age = MultiGauge.builder("diffmm.model.age")
                    .description("Time since the publication of the served version")
                    .baseUnit("seconds")
                    .register(registry);
            succeeded = swaps(registry, "succeeded");
            failed = swaps(registry, "failed");
            unavailable = swaps(registry, "unavailable");
            Gauge.builder("diffmm.artifacts.refused", () -> refusing.getAsBoolean() ? 1 : 0)
                    .description(
                            "1 while the published version, or the version pinned by configuration, is refused, else 0")
                    .register(registry);
        }

        private static Counter swaps(MeterRegistry registry, String outcome) {
            return Counter.builder("diffmm.artifact.swaps")
                    .description("Attempts to serve another version, by outcome")
                    .tag("outcome", outcome)
                    .register(registry);
        }

        @Override
        public void serving(List<ServedVersion> versions) {
            info.register(versions.stream().map(DeploymentMeters::info).toList(), true);
            age.register(versions.stream().map(DeploymentMeters::age).toList(), true);
            if (started) {
                succeeded.increment();
            }
            started = true;
        }

        @Override
        public void refused(String version, String reason) {
            failed.increment();
        }

        @Override
        public void unavailable(String reason) {
            unavailable.increment();
        }

        private static Row<?> info(ServedVersion version) {
            ServedModel model = version.model();
            Tags tags = tags(version)
                    .and("name", model.name())
                    .and("family", model.family())
                    .and("device", model.device())
                    .and("precision", model.precision());
            return Row.of(tags, 1);
        }

        private static Row<?> age(ServedVersion version) {
            Instant created = version.model().created();
            return Row.of(
                    tags(version),
                    () -> Duration.between(created, Instant.now()).toMillis() / 1000.0);
        }

        private static Tags tags(ServedVersion version) {
            return Tags.of(
                    "version",
                    version.model().version(),
                    "role",
                    version.role().name().toLowerCase(Locale.ROOT));
        }
    }
}
