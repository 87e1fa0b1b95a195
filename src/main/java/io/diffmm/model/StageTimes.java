package io.diffmm.model;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/// Durations of the stages of a computation, summed over its batch and threads, with start and end of each stage.
public final class StageTimes {

    private static final int TOTAL = 0;
    private static final int START = 1; // on the first thread
    private static final int END = 2; // on the last thread

    private final Map<Stage, long[]> measured = new EnumMap<>(Stage.class);

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
            add(stage, start, System.nanoTime());
        }
    }

    private synchronized void add(Stage stage, long start, long end) {
        long[] times = measured.computeIfAbsent(stage, _ -> new long[] {0, start, end});
        times[TOTAL] += end - start;
        times[START] = start - times[START] < 0 ? start : times[START];
        times[END] = end - times[END] > 0 ? end : times[END];
    }

    /// Passes the stages measured so far to `consumer`, in their order; they may overlap.
    public synchronized void forEach(StageConsumer consumer) {
        measured.forEach(
                (stage, times) -> consumer.accept(stage, Duration.ofNanos(times[TOTAL]), times[START], times[END]));
    }

    /// Receives stages.
    @FunctionalInterface
    public interface StageConsumer {

        /// Receives a stage.
        ///
        /// @param total duration, summed over the threads
        /// @param start start on the first thread, by [System#nanoTime]
        /// @param end end on the last thread
        void accept(Stage stage, Duration total, long start, long end);
    }
}
