package io.diffmm.observability;

import io.diffmm.runtime.RuntimeListener.RequestTrace;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Makes a span of each stage of a request that is traced.
final class RequestSpans {

    private static final RequestTrace NONE = RequestTrace.none();

    private final Optional<Tracer> tracer;

    /// @param tracer empty where nothing is traced
    RequestSpans(Optional<Tracer> tracer) {
        this.tracer = tracer;
    }

    /// Follows the request that the present thread works on.
    RequestTrace follow() {
        return tracer.map(Tracer::currentSpan)
                .map(Span::context)
                .filter(context -> Boolean.TRUE.equals(context.sampled()))
                .map(this::spans)
                .orElse(NONE);
    }

    private RequestTrace spans(TraceContext parent) {
        long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - System.nanoTime();
        return (stage, start, end) -> tracer.orElseThrow()
                .spanBuilder()
                .setParent(parent)
                .name("recommendation " + stage)
                .startTimestamp(start + now, TimeUnit.NANOSECONDS)
                .start()
                .end(end + now, TimeUnit.NANOSECONDS);
    }
}
