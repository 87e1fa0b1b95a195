package io.diffmm.interactions;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/// Thrown when the store cannot be used as configured. The server does not start then; its configuration must be
/// corrected.
final class InteractionsStartException extends RuntimeException {

    private static final long serialVersionUID = 1;

    InteractionsStartException(String message) {
        super(message);
    }

    InteractionsStartException(String message, Throwable cause) {
        super(message, cause);
    }

    /// Describes the failure to the operator in one paragraph. Registered in `META-INF/spring.factories`.
    static final class Analyzer extends AbstractFailureAnalyzer<InteractionsStartException> {

        @Override
        protected FailureAnalysis analyze(Throwable rootFailure, InteractionsStartException cause) {
            return new FailureAnalysis(
                    "Live interactions cannot be stored: %s.".formatted(cause.getMessage()),
                    "Point diffmm.interactions.directory at a directory that only this server uses, or spring.datasource.url at PostgreSQL.",
                    cause);
        }
    }
}
