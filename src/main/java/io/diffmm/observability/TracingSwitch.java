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

/// Turns tracing on where there is somewhere to send traces to. Otherwise requests need not pay for spans that nobody
/// sees.
public final class TracingSwitch implements EnvironmentPostProcessor {

    private static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";
    private static final String EXCLUDED = "spring.autoconfigure.exclude";
    private static final String TRACING = "org.springframework.boot.micrometer.tracing.";
    private static final List<String> PARTS = List.of(
            "org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration",
            TRACING + "opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration",
            TRACING + "opentelemetry.autoconfigure.otlp.OtlpTracingAutoConfiguration",
            TRACING + "autoconfigure.MicrometerTracingAutoConfiguration",
            TRACING + "autoconfigure.NoopTracerAutoConfiguration");

    /// What somebody else leaves out, too.
    private static String all(ConfigurableEnvironment environment) {
        List<String> given = Binder.get(environment)
                .bind(EXCLUDED, Bindable.listOf(String.class))
                .orElse(List.of());
        return Stream.concat(given.stream(), PARTS.stream()).collect(Collectors.joining(","));
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        if (environment.getProperty(ENDPOINT, "").isBlank()) {
            environment
                    .getPropertySources()
                    .addFirst(new MapPropertySource("tracing", Map.of(EXCLUDED, all(environment))));
        }
    }
}
