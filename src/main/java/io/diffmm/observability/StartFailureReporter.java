package io.diffmm.observability;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalysisReporter;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/// Logs the cause of a failed start and its remedy in one line, in place of Spring Boot's multi-line report.
final class StartFailureReporter implements FailureAnalysisReporter {

    private static final Logger LOG = LoggerFactory.getLogger(StartFailureReporter.class);

    @Override
    public void report(FailureAnalysis analysis) {
        LOG.error("Application failed to start. {}", paragraph(analysis));
        LOG.debug("Stack trace of the failed start", analysis.getCause());
    }

    static String paragraph(FailureAnalysis analysis) {
        return Stream.of(analysis.getDescription(), analysis.getAction())
                .flatMap(text -> text == null ? Stream.empty() : text.lines())
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining(" "));
    }

    /// Reports unknown configuration properties by name, without the Java types of Spring Boot's own analysis.
    @Order(Ordered.HIGHEST_PRECEDENCE)
    static final class UnknownPropertyFailureAnalyzer
            extends AbstractFailureAnalyzer<UnboundConfigurationPropertiesException> {

        @Override
        protected FailureAnalysis analyze(Throwable rootFailure, UnboundConfigurationPropertiesException cause) {
            String unknown = cause.getUnboundProperties().stream()
                    .map(UnknownPropertyFailureAnalyzer::describe)
                    .collect(Collectors.joining(", "));
            return new FailureAnalysis(
                    "Unknown configuration property %s.".formatted(unknown),
                    "See docs/configuration.md for the supported properties.",
                    cause);
        }

        private static String describe(ConfigurationProperty property) {
            return "%s (value: %s)".formatted(property.getName(), property.getValue());
        }
    }
}
