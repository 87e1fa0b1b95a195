package io.diffmm.observability;

import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/// Names the properties that do not exist; Spring Boot's own words are of types and bindings.
@Order(Ordered.HIGHEST_PRECEDENCE)
final class UnknownPropertyFailureAnalyzer extends AbstractFailureAnalyzer<UnboundConfigurationPropertiesException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnboundConfigurationPropertiesException cause) {
        String unknown = cause.getUnboundProperties().stream()
                .map(UnknownPropertyFailureAnalyzer::describe)
                .collect(Collectors.joining(", "));
        return new FailureAnalysis(
                "There is no property %s.".formatted(unknown), "docs/configuration.md lists those there are.", cause);
    }

    private static String describe(ConfigurationProperty property) {
        return "%s (given as %s)".formatted(property.getName(), property.getValue());
    }
}
