package io.diffmm.observability;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalysisReporter;

/// Says in one paragraph why the service did not start and what to do, in place of Spring Boot's page.
final class StartFailureReporter implements FailureAnalysisReporter {

    private static final Logger LOG = LoggerFactory.getLogger(StartFailureReporter.class);

    @Override
    public void report(FailureAnalysis analysis) {
        LOG.error("Not started. {}", paragraph(analysis));
        LOG.debug("The cause", analysis.getCause());
    }

    static String paragraph(FailureAnalysis analysis) {
        return Stream.of(analysis.getDescription(), analysis.getAction())
                .flatMap(text -> text == null ? Stream.empty() : text.lines())
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining(" "));
    }
}
