package io.diffmm.observability;

import java.util.List;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/// Turns tracing on where there is somewhere to send traces to. Otherwise requests need not pay for spans that nobody
/// sees.
public final class TracingSwitch implements EnvironmentPostProcessor {

    private static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";
    private static final String TRACING = "org.springframework.boot.micrometer.tracing.";
    private static final List<String> PARTS = List.of(
            "org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration",
            TRACING + "opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration",
            TRACING + "opentelemetry.autoconfigure.otlp.OtlpTracingAutoConfiguration",
            TRACING + "autoconfigure.MicrometerTracingAutoConfiguration",
            TRACING + "autoconfigure.NoopTracerAutoConfiguration");

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        if (environment.getProperty(ENDPOINT, "").isBlank()) {
            environment
                    .getPropertySources()
                    .addLast(new MapPropertySource(
                            "tracing", Map.of("spring.autoconfigure.exclude", String.join(",", PARTS))));
        }
    }
}
