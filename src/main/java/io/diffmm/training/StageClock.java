package io.diffmm.training;

import io.diffmm.report.TrainingReport.StageCost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/// Takes the time and the peak memory of each stage of a run. One thread uses it.
///
/// The system knows only the peak since the process began. Where a stage did not raise that, its own is the greatest of
/// what a thread saw that looks every 50 ms.
final class StageClock {

    private static final Duration INTERVAL = Duration.ofMillis(50);

    private final List<StageCost> costs = new ArrayList<>();

    /// Does the work of a stage.
    ///
    /// @throws X what the work throws; the stage is not listed then
    <T, X extends Exception> T time(String stage, Work<T, X> work) throws X {
        OptionalLong before = ProcessMemory.peak();
        AtomicLong seen = new AtomicLong(ProcessMemory.now().orElse(0));
        Thread sampler = Thread.ofPlatform().daemon().name("memory").unstarted(() -> sample(seen));
        if (before.isPresent()) {
            sampler.start();
        }
        long start = System.nanoTime();
        try {
            T result = work.get();
            double seconds = (System.nanoTime() - start) / 1e9;
            costs.add(new StageCost(stage, seconds, peak(before, ProcessMemory.peak(), seen.get())));
            return result;
        } finally {
            sampler.interrupt();
        }
    }

    private static OptionalLong peak(OptionalLong before, OptionalLong after, long seen) {
        boolean raised = after.isPresent() && after.getAsLong() > before.orElse(0);
        return raised || after.isEmpty() ? after : OptionalLong.of(seen);
    }

    private static void sample(AtomicLong seen) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                seen.accumulateAndGet(ProcessMemory.now().orElse(0), Math::max);
                Thread.sleep(INTERVAL);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // the stage is over
        }
    }

    /// The finished stages, in order.
    List<StageCost> costs() {
        return List.copyOf(costs);
    }

    /// What a stage does.
    @FunctionalInterface
    interface Work<T, X extends Exception> {
        T get() throws X;
    }
}
