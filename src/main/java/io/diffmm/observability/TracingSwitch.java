package io.diffmm.observability;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/// Enables tracing only if an OTLP endpoint is configured, so that requests do not pay for spans that are never
/// exported.
public final class TracingSwitch implements EnvironmentPostProcessor {

    private static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";
    private static final String EXCLUDED = "spring.autoconfigure.exclude";
    private static final String TRACING = "org.springframework.boot.micrometer.tracing.";
    private static final List<String> AUTO_CONFIGURATIONS = List.of(
            "org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration",
            TRACING + "opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration",
            TRACING + "opentelemetry.autoconfigure.otlp.OtlpTracingAutoConfiguration",
            TRACING + "autoconfigure.MicrometerTracingAutoConfiguration",
            TRACING + "autoconfigure.NoopTracerAutoConfiguration");

    /// Returns the auto-configurations excluded by the user's configuration and those of tracing.
    private static String exclusions(ConfigurableEnvironment environment) {
        List<String> configured = Binder.get(environment)
                .bind(EXCLUDED, Bindable.listOf(String.class))
                .orElse(List.of());
        return Stream.concat(configured.stream(), AUTO_CONFIGURATIONS.stream()).collect(Collectors.joining(","));
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        if (environment.getProperty(ENDPOINT, "").isBlank()) {
            environment
                    .getPropertySources()
                    .addFirst(new MapPropertySource("tracing", Map.of(EXCLUDED, exclusions(environment))));
        }
    }
}
