package io.diffmm.training;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.diffmm.engine.ProcessMemory;
import io.diffmm.report.TrainingReport.StageCost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
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
        ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("memory").factory());
        if (before.isPresent()) {
            var _ = sampler.scheduleWithFixedDelay(() -> sample(sampled), 0, INTERVAL.toMillis(), MILLISECONDS);
        }
        long start = System.nanoTime();
        try {
            T result = work.get();
            double seconds = (System.nanoTime() - start) / 1e9;
            costs.add(new StageCost(stage, seconds, peak(before, memory.peak(), sampled.get())));
            return result;
        } finally {
            sampler.shutdownNow();
        }
    }

    private static OptionalLong peak(OptionalLong before, OptionalLong after, long sampled) {
        boolean raised = after.isPresent() && after.getAsLong() > before.orElse(0);
        return raised || after.isEmpty() ? after : OptionalLong.of(sampled);
    }

    private void sample(AtomicLong maximum) {
        maximum.accumulateAndGet(memory.resident().orElse(0), Math::max);
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
