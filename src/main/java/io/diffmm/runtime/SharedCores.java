package io.diffmm.runtime;

import io.diffmm.engine.PyTorch.EngineThreads;
import io.diffmm.model.Cores;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// The cores of the computing threads, as one batch sees them: what other threads do not come to, its own thread does.
final class SharedCores implements Cores {

    private final WorkQueue queue;
    private final int engineThreads;
    private final AtomicInteger inside = new AtomicInteger(); // calls of `all` at work
    private volatile boolean spread;

    /// The cores for a batch.
    ///
    /// @param queue where the computing threads look for work
    /// @param engineThreads that a single part may use
    SharedCores(WorkQueue queue, int engineThreads) {
        this.queue = queue;
        this.engineThreads = engineThreads;
    }

    @Override
    public <T> List<T> all(List<Supplier<T>> parts) {
        int each = engineThreadsOf(parts.size());
        inside.incrementAndGet();
        try {
            return all(parts, each);
        } finally {
            inside.decrementAndGet();
        }
    }

    /// A part by itself has all of the engine's threads. Parts beside each other have one each, and so have
    /// parts of a part: whoever waits for one of them may be the thread that has the engine's.
    private int engineThreadsOf(int parts) {
        if (parts > 1 || inside.get() > 0 || engineThreads == 1) {
            return 1;
        }
        spread = true;
        return engineThreads;
    }

    private <T> List<T> all(List<Supplier<T>> parts, int each) {
        List<FutureTask<T>> tasks = parts.stream()
                .map(part -> new FutureTask<>(() -> EngineThreads.with(each, part)))
                .toList();
        queue.addParts(tasks.stream().skip(1).toList());
        tasks.forEach(FutureTask::run); // nothing happens to those that another thread has begun
        tasks.forEach(Uninterruptibly::await);
        return tasks.stream().map(SharedCores::result).toList();
    }

    @Override
    public boolean hasSpread() {
        return spread;
    }

    private static <T> T result(FutureTask<T> task) {
        if (task.state() == Future.State.SUCCESS) {
            return task.resultNow();
        }
        throw Failure.unchecked(task.exceptionNow());
    }
}
