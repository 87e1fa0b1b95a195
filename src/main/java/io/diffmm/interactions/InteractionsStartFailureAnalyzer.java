package io.diffmm.interactions;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/// Says in one paragraph why interactions cannot be kept.
final class InteractionsStartFailureAnalyzer extends AbstractFailureAnalyzer<InteractionsStartException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InteractionsStartException cause) {
        return new FailureAnalysis(
                "Live interactions cannot be kept: %s.".formatted(cause.getMessage()),
                "Point diffmm.interactions.directory at a folder of this server's own, or spring.datasource.url at PostgreSQL.",
                cause);
    }
}
