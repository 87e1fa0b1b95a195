package io.diffmm.runtime;

import io.diffmm.engine.EngineThreads;
import io.diffmm.model.Cores;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/// The cores of the computing threads, as one batch sees them: what other threads do not come to, its own thread does.
final class SharedCores implements Cores {

    private final WorkQueue queue;
    private final int engineThreads;
    private volatile boolean spread;

    /// The cores for a batch.
    ///
    /// @param queue where the computing threads look for work
    /// @param engineThreads that the parts of the batch may use together; each has at least one
    SharedCores(WorkQueue queue, int engineThreads) {
        this.queue = queue;
        this.engineThreads = engineThreads;
    }

    @Override
    public <T> List<T> all(List<Supplier<T>> parts) {
        int each = Math.max(1, engineThreads / Math.max(1, parts.size()));
        if (each > 1) {
            spread = true;
        }
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
        throw unchecked(task.exceptionNow());
    }

    private static RuntimeException unchecked(Throwable failure) {
        return switch (failure) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException("a part of a batch failed", failure);
        };
    }
}
