package io.diffmm.training;

import io.diffmm.engine.ProcessMemory;
import io.diffmm.report.TrainingReport.StageCost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/// Records the wall-clock time and the peak memory of each stage of a run. Not thread-safe.
///
/// Linux reports the peak since the start of the process only. For a stage that did not raise that peak, the profiler
/// reports the maximum of samples taken every 50 ms.
final class StageProfiler {

    private static final Duration INTERVAL = Duration.ofMillis(50);

    private final List<StageCost> costs = new ArrayList<>();
    private final ProcessMemory memory = ProcessMemory.ofThisProcess();

    /// Runs and records a stage.
    ///
    /// @throws X exception of `work`; the stage is not recorded then
    <T, X extends Exception> T time(String stage, Work<T, X> work) throws X {
        OptionalLong before = memory.peak();
        AtomicLong sampled = new AtomicLong(memory.resident().orElse(0));
        Thread sampler = Thread.ofPlatform().daemon().name("memory").unstarted(() -> sample(sampled));
        if (before.isPresent()) {
            sampler.start();
        }
        long start = System.nanoTime();
        try {
            T result = work.get();
            double seconds = (System.nanoTime() - start) / 1e9;
            costs.add(new StageCost(stage, seconds, peak(before, memory.peak(), sampled.get())));
            return result;
        } finally {
            sampler.interrupt();
        }
    }

    private static OptionalLong peak(OptionalLong before, OptionalLong after, long sampled) {
        boolean raised = after.isPresent() && after.getAsLong() > before.orElse(0);
        return raised || after.isEmpty() ? after : OptionalLong.of(sampled);
    }

    private void sample(AtomicLong maximum) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                maximum.accumulateAndGet(memory.resident().orElse(0), Math::max);
                Thread.sleep(INTERVAL);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // the stage is over
        }
    }

    /// Returns the costs of the finished stages, in order.
    List<StageCost> costs() {
        return List.copyOf(costs);
    }

    /// Work of a stage.
    @FunctionalInterface
    interface Work<T, X extends Exception> {
        T get() throws X;
    }
}
