package io.diffmm.retrieval;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;
import org.apache.lucene.search.TaskExecutor;

/// Thread pool for building an index.
final class BuildThreads implements AutoCloseable {

    private final int count;
    private final ExecutorService threads;
    private final TaskExecutor executor;

    BuildThreads(int count) {
        this.count = count;
        this.threads = Executors.newFixedThreadPool(
                count, Thread.ofPlatform().daemon().name("diffmm-index-", 0).factory());
        this.executor = new TaskExecutor(threads);
    }

    int count() {
        return count;
    }

    TaskExecutor executor() {
        return executor;
    }

    /// Runs `task` once for each number from 0 to `size - 1`, divided into one contiguous range for each thread.
    void forEach(int size, IntConsumer task) {
        List<Callable<Integer>> shares = new ArrayList<>();
        for (int share = 0; share < count; share++) {
            int from = (int) ((long) size * share / count);
            int to = (int) ((long) size * (share + 1) / count);
            shares.add(() -> {
                for (int at = from; at < to; at++) {
                    task.accept(at);
                }
                return to - from;
            });
        }
        try {
            executor.invokeAll(shares);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
