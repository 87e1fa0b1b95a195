package io.diffmm.model;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/// Durations of the stages of a computation, summed over its batch and threads, with start and end of each stage.
public final class StageTimes {

    private final Map<Stage, Duration> times = new EnumMap<>(Stage.class);
    private final Map<Stage, Span> spans = new EnumMap<>(Stage.class);

    /// Time from the start of a stage on the first thread to its end on the last, by [System#nanoTime].
    public record Span(long start, long end) {

        private Span with(Span other) {
            return new Span(start - other.start < 0 ? start : other.start, end - other.end > 0 ? end : other.end);
        }
    }

    /// Stages of a computation; a model may omit some.
    public enum Stage {
        /// Scores of the linear view, from the histories.
        LINKS,
        /// Reverse diffusion, from the histories to the last hidden layer.
        DIFFUSION,
        /// Search for the best items of the denoised rows.
        OUTPUT,
        /// Computation of user vectors from items of the history and of the denoised rows.
        PROPAGATION,
        /// Search for the best items of the blend.
        RANKING,
        /// Search for similar items.
        SIMILARITY
    }

    /// Runs `work` and adds its duration to a stage.
    public <T> T measure(Stage stage, Supplier<T> work) {
        long start = System.nanoTime();
        try {
            return work.get();
        } finally {
            add(stage, new Span(start, System.nanoTime()));
        }
    }

    private synchronized void add(Stage stage, Span span) {
        times.merge(stage, Duration.ofNanos(span.end() - span.start()), Duration::plus);
        spans.merge(stage, span, Span::with);
    }

    /// Start and end of each stage, in the order of the stages; they may overlap.
    public synchronized Map<Stage, Span> spans() {
        return Collections.unmodifiableMap(new EnumMap<>(spans));
    }

    /// Durations measured so far, in the order of the stages.
    public synchronized Map<Stage, Duration> measured() {
        return Collections.unmodifiableMap(new EnumMap<>(times));
    }
}
