package io.diffmm.runtime;

import io.diffmm.engine.PyTorch.EngineThreads;
import io.diffmm.model.Cores;
import io.diffmm.model.Recommender.ExplanationQuery;
import io.diffmm.model.Recommender.RankingQuery;
import io.diffmm.model.Recommender.SimilarityQuery;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import io.diffmm.runtime.OverloadedException.DropReason;
import io.diffmm.runtime.WorkQueue.Request;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Fixed computing threads with a bounded request queue.
///
/// A free thread takes all waiting requests, up to one batch, and computes them together. Half of the threads, at least
/// one, also take one explanation after that batch; the others compute rankings only.
///
/// A thread uses one core. Independent parts of a batch, such as its modalities, run on several threads, so that one
/// large batch keeps all cores busy and each thread reads only its part of the model's weights. The engine's own
/// threads, which wait for each other at every operation, are not used.
final class InferencePool implements AutoCloseable {

    private static final Duration MAX_BATCH_TIME = Duration.ofSeconds(30);
    private static final Duration MAX_WARM_UP = Duration.ofMinutes(2);
    private static final int WARM_UP_ROUNDS = 8;

    private final BatchRunner runner;
    private final WorkQueue queue;
    private final int maxBatch;
    private final List<Thread> threads;
    private final CompletableFuture<Void> warm = new CompletableFuture<>();
    private volatile boolean closing;

    /// Starts the threads.
    ///
    /// @param threadCount number of threads
    /// @param warmUp batches that one thread computes before the first request
    InferencePool(
            BatchRunner runner, int threadCount, int queueCapacity, int maxBatch, List<List<RankingQuery>> warmUp) {
        this.runner = runner;
        this.queue = new WorkQueue(queueCapacity);
        this.maxBatch = maxBatch;
        this.threads = IntStream.range(0, threadCount)
                .mapToObj(number -> Thread.ofPlatform()
                        .name("inference-" + number)
                        .daemon()
                        .unstarted(() -> run(number == 0 ? warmUp : List.of(), maxExplanations(number, threadCount))))
                .toList();
        threads.forEach(Thread::start);
    }

    /// Returns the number of explanations that a thread takes with a batch: 0 or 1.
    private static int maxExplanations(int number, int threadCount) {
        return number == 0 || number < threadCount / 2 ? 1 : 0;
    }

    /// Returns whether the model has warmed up and all threads are alive.
    boolean ready() {
        return warm.isDone()
                && !warm.isCompletedExceptionally()
                && threads.stream().allMatch(Thread::isAlive)
                && !closing;
    }

    /// Waits until the model has warmed up.
    ///
    /// @throws IllegalStateException if the model fails on its own histories or exceeds two minutes
    void awaitWarm() {
        Tasks.result(warm, MAX_WARM_UP, "warm-up on the model's own histories");
    }

    CompletableFuture<Ranking> recommend(RankingQuery query) {
        return submit(new Request.Recommend(query, new CompletableFuture<>(), System.nanoTime(), runner.follow()));
    }

    CompletableFuture<Ranking> similar(SimilarityQuery query) {
        return submit(new Request.Similar(query, new CompletableFuture<>(), System.nanoTime(), runner.follow()));
    }

    CompletableFuture<List<Explanation>> explain(ExplanationQuery query) {
        return submit(new Request.Explain(query, new CompletableFuture<>(), System.nanoTime(), runner.follow()));
    }

    /// Returns whether the queue would refuse a request now.
    boolean full() {
        return queue.isFull() && !droppedAbandoned();
    }

    /// Returns the number of waiting requests.
    int waiting() {
        return queue.waiting();
    }

    private <A> CompletableFuture<A> submit(Request<A> request) {
        if (closing) {
            runner.drop(request, DropReason.CLOSING);
        } else if (!queue.offer(request) && !offeredInPlaceOfAbandoned(request)) {
            runner.drop(request, DropReason.QUEUE_FULL);
        } else if (closing) {
            failWaiting(); // close() may have drained the queue before this request was added
        }
        return request.answer();
    }

    private boolean offeredInPlaceOfAbandoned(Request<?> request) {
        return droppedAbandoned() && queue.offer(request);
    }

    /// Removes requests whose callers have gone, and returns whether there were any.
    private boolean droppedAbandoned() {
        List<Request<?>> abandoned = queue.removeAbandoned();
        abandoned.forEach(runner::dropAbandoned);
        return !abandoned.isEmpty();
    }

    private void run(List<List<RankingQuery>> warmUp, int maxExplanations) {
        if (!warmUp.isEmpty() && !warmedUp(warmUp)) {
            return;
        }
        while (!closing) {
            try {
                queue.take(maxBatch, maxExplanations, this::compute).run();
            } catch (InterruptedException _) {
                // Only close() interrupts, and it has set `closing` before.
            }
        }
    }

    /// Computes every batch several times: TorchScript and the JVM optimise a program in its first runs.
    private boolean warmedUp(List<List<RankingQuery>> batches) {
        try {
            for (List<RankingQuery> batch : batches) {
                for (int round = 0; round < WARM_UP_ROUNDS && !closing; round++) {
                    onOneCore(cores -> runner.warmUp(batch, cores));
                }
            }
            return warm.complete(null);
        } catch (RuntimeException | Error e) {
            warm.completeExceptionally(e);
            return false;
        }
    }

    private void compute(List<Request<?>> batch) {
        onOneCore(cores -> runner.run(batch, cores));
    }

    private void onOneCore(Consumer<Cores> work) {
        EngineThreads.with(1, () -> {
            work.accept(new SharedCores(queue));
            return true;
        });
    }

    /// Stops the threads after their current batches and fails waiting requests. Returns once no thread computes, so
    /// that the caller may free the model's arrays.
    ///
    /// @throws IllegalStateException if a batch does not end in time; the caller must not free anything then
    @Override
    public void close() {
        closing = true;
        warm.completeExceptionally(new IllegalStateException("closed")); // ends a warm-up that has not finished
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            if (!Tasks.joinUninterruptibly(thread, MAX_BATCH_TIME)) {
                throw new IllegalStateException("%s did not end within %s".formatted(thread.getName(), MAX_BATCH_TIME));
            }
        }
        failWaiting();
    }

    private void failWaiting() {
        queue.drain().forEach(request -> runner.drop(request, DropReason.CLOSING));
    }

    /// Cores of the computing threads as one batch uses them.
    ///
    /// Free threads of the pool help with the parts of a batch; the batch's own thread computes the rest.
    static final class SharedCores implements Cores {

        private final WorkQueue queue;

        /// @param queue queue of the computing threads
        SharedCores(WorkQueue queue) {
            this.queue = queue;
        }

        @Override
        public <T> List<T> all(List<Supplier<T>> parts) {
            if (parts.size() == 1) {
                return List.of(parts.getFirst().get());
            }
            List<FutureTask<T>> tasks = parts.stream()
                    .map(part -> new FutureTask<>(() -> EngineThreads.with(1, part)))
                    .toList();
            queue.addParts(tasks.stream().skip(1).toList());
            tasks.forEach(FutureTask::run); // does nothing for tasks that another thread has begun
            tasks.stream().filter(task -> !task.isDone()).forEach(Tasks::awaitUninterruptibly);
            return tasks.stream().map(SharedCores::result).toList();
        }

        @Override
        public boolean hasSpread() {
            return false;
        }

        private static <T> T result(FutureTask<T> task) {
            if (task.state() == Future.State.SUCCESS) {
                return task.resultNow();
            }
            throw Tasks.failure(task.exceptionNow());
        }
    }
}
