package io.diffmm.runtime;

import io.diffmm.model.Cores;
import io.diffmm.runtime.InferencePool.SharedCores;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// All cores of this machine, as a batch of the server uses them without another batch.
public final class BenchmarkCores implements Cores, AutoCloseable {

    private final WorkQueue queue = new WorkQueue(1);
    private final Cores cores;
    private final List<Thread> helpers;

    /// Starts one thread per core, except for the core of the calling thread.
    public BenchmarkCores() {
        cores = new SharedCores(queue);
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
            // close() interrupts the thread
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
