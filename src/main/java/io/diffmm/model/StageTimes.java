package io.diffmm.model;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/// How long each stage of a computation took, summed over its batch and over the threads that worked on it, and from
/// when to when.
public final class StageTimes {

    private final Map<Stage, Duration> times = new EnumMap<>(Stage.class);
    private final Map<Stage, Span> spans = new EnumMap<>(Stage.class);

    /// From the beginning of a stage on any thread to its end on the last, by [System#nanoTime].
    public record Span(long start, long end) {

        private Span with(Span other) {
            return new Span(start - other.start < 0 ? start : other.start, end - other.end > 0 ? end : other.end);
        }
    }

    /// The stages of a computation; a model may leave some out.
    public enum Stage {
        /// From the histories to the items that they are linked with, by the linear view.
        LINKS,
        /// Reverse diffusion, from the histories to the last hidden layer.
        DIFFUSION,
        /// From the last hidden layer to the best items of the denoised rows.
        OUTPUT,
        /// From those items to the user's final embedding.
        PROPAGATION,
        /// From the views to the best items.
        RANKING,
        /// From items to those most like them.
        SIMILARITY
    }

    /// Does `work` and notes how long it took.
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

    /// When each stage was worked on, in the order of the stages; they may overlap.
    public synchronized Map<Stage, Span> spans() {
        return Collections.unmodifiableMap(new EnumMap<>(spans));
    }

    /// What was measured so far, in the order of the stages.
    public synchronized Map<Stage, Duration> measured() {
        return Collections.unmodifiableMap(new EnumMap<>(times));
    }
}
