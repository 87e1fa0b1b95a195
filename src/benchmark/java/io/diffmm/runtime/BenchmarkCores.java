package io.diffmm.runtime;

import io.diffmm.model.Cores;
import io.diffmm.runtime.InferencePool.SharedCores;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// All cores of this machine as a batch of the server has them when no other batch is at work.
public final class BenchmarkCores implements Cores, AutoCloseable {

    private final WorkQueue queue = new WorkQueue(1);
    private final Cores cores;
    private final List<Thread> helpers;

    /// Starts a thread a core, beside the calling one.
    ///
    /// @param engineThreads that the parts of a batch may use together
    public BenchmarkCores(int engineThreads) {
        cores = new SharedCores(queue, engineThreads);
        helpers = IntStream.range(1, Runtime.getRuntime().availableProcessors())
                .mapToObj(_ -> Thread.ofPlatform().daemon().start(this::help))
                .toList();
    }

    private void help() {
        try {
            while (true) {
                queue.take(1, 0, _ -> {}).run();
            }
        } catch (InterruptedException _) {
            // close() ends it so
        }
    }

    @Override
    public <T> List<T> all(List<Supplier<T>> parts) {
        return cores.all(parts);
    }

    @Override
    public boolean hasSpread() {
        return cores.hasSpread();
    }

    @Override
    public void close() {
        helpers.forEach(Thread::interrupt);
    }
}
