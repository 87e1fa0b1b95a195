package io.diffmm.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.diffmm.observability.StartFailureReporter.UnknownPropertyFailureAnalyzer;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.diagnostics.FailureAnalysis;

class UnknownPropertyFailureAnalyzerTest {

    @Test
    void analyze_namesThePropertyItsValueAndWhereToLook() {
        var source = new MapConfigurationPropertySource(Map.of("diffmm.cache.ttl", "3s", "diffmm.cache.age", "1"));

        Throwable failure = catchThrowable(() -> new Binder(source)
                .bind(
                        "diffmm.cache",
                        Bindable.of(Settings.class),
                        new NoUnboundElementsBindHandler(BindHandler.DEFAULT)));
        FailureAnalysis analysis = Objects.requireNonNull(new UnknownPropertyFailureAnalyzer().analyze(failure));

        assertThat(StartFailureReporter.paragraph(analysis))
                .isEqualTo(
                        "Unknown configuration property diffmm.cache.ttl (value: 3s). See docs/configuration.md for the supported properties.");
    }

    record Settings(int age) {}
}
