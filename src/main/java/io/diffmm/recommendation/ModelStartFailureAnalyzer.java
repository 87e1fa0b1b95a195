package io.diffmm.recommendation;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/// Says in one paragraph why there is no model to serve.
final class ModelStartFailureAnalyzer extends AbstractFailureAnalyzer<ModelStartException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ModelStartException cause) {
        return new FailureAnalysis(
                "No model can be served: %s.".formatted(cause.getMessage()),
                "Point diffmm.artifacts.directory (--artifacts) at a published model; diffmm.artifacts.name (--name) chooses among several.",
                cause);
    }
}
