package io.diffmm.training;

import io.diffmm.report.TrainingReport.StageCost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// Records the wall-clock time and the peak memory of each stage of a run. Not thread-safe.
///
/// Linux reports the peak since the start of the process only. For a stage that did not raise that peak, the profiler
/// reports the maximum of samples taken every 50 ms.
final class StageProfiler {

    private static final Duration INTERVAL = Duration.ofMillis(50);

    private final List<StageCost> costs = new ArrayList<>();

    /// Runs and records a stage.
    ///
    /// @throws X exception of `work`; the stage is not recorded then
    <T, X extends Exception> T time(String stage, Work<T, X> work) throws X {
        OptionalLong before = ProcessMemory.peak();
        AtomicLong sampled = new AtomicLong(ProcessMemory.resident().orElse(0));
        Thread sampler = Thread.ofPlatform().daemon().name("memory").unstarted(() -> sample(sampled));
        if (before.isPresent()) {
            sampler.start();
        }
        long start = System.nanoTime();
        try {
            T result = work.get();
            double seconds = (System.nanoTime() - start) / 1e9;
            costs.add(new StageCost(stage, seconds, peak(before, ProcessMemory.peak(), sampled.get())));
            return result;
        } finally {
            sampler.interrupt();
        }
    }

    private static OptionalLong peak(OptionalLong before, OptionalLong after, long sampled) {
        boolean raised = after.isPresent() && after.getAsLong() > before.orElse(0);
        return raised || after.isEmpty() ? after : OptionalLong.of(sampled);
    }

    private static void sample(AtomicLong maximum) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                maximum.accumulateAndGet(ProcessMemory.resident().orElse(0), Math::max);
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

    /// Resident memory of this process, heap and native, in bytes; empty on systems without `/proc`.
    private static final class ProcessMemory {

        private static final Path STATUS = Path.of("/proc/self/status");
        private static final long KIBIBYTE = 1024;

        private ProcessMemory() {}

        static OptionalLong resident() {
            return read("VmRSS:");
        }

        /// Returns the peak since the start of the process.
        static OptionalLong peak() {
            return read("VmHWM:");
        }

        private static OptionalLong read(String field) {
            try (Stream<String> lines = Files.lines(STATUS)) {
                return lines.filter(line -> line.startsWith(field))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIBIBYTE)
                        .findFirst();
            } catch (IOException | RuntimeException _) {
                return OptionalLong.empty();
            }
        }
    }
}
