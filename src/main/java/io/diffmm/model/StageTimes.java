package io.diffmm.model;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;

/// Durations of the stages of a computation, summed over its batch and threads, with start and end of each stage.
public final class StageTimes {

    private final Set<Stage> measured = EnumSet.noneOf(Stage.class);
    private final long[] totals = new long[Stage.values().length];
    private final long[] starts = new long[totals.length]; // on the first thread
    private final long[] ends = new long[totals.length]; // on the last thread

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
        int at = stage.ordinal();
        boolean first = measured.add(stage);
        totals[at] += end - start;
        starts[at] = first || start - starts[at] < 0 ? start : starts[at];
        ends[at] = first || end - ends[at] > 0 ? end : ends[at];
    }

    /// Passes the stages measured so far to `consumer`, in their order; they may overlap.
    public synchronized void forEach(StageConsumer consumer) {
        measured.forEach(stage -> consumer.accept(
                stage, Duration.ofNanos(totals[stage.ordinal()]), starts[stage.ordinal()], ends[stage.ordinal()]));
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
