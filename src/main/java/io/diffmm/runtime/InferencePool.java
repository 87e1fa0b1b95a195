package io.diffmm.runtime;

import io.diffmm.engine.PyTorch.EngineThreads;
import io.diffmm.model.Cores;
import io.diffmm.model.ExplanationQuery;
import io.diffmm.model.RankingQuery;
import io.diffmm.model.SimilarityQuery;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// The fixed threads that compute, and the bounded queue in front of them. A thread that is free takes all
/// requests that wait, up to a batch, and answers them together. Half of the threads, at least one, also take
/// an explanation for after those answers; the others have all their time for rankings.
///
/// A thread uses one core. What can be done at the same time in a batch, one modality and the next, is done by
/// several of them, so that one large batch keeps all cores busy, and each reads only its own part of the
/// model's weights. Threads of the engine's own wait for each other at every operation, and keep their cores
/// busy for a while after it; they are used only within the parts of a small batch that finds the others idle
/// and has fewer parts than there are cores.
final class InferencePool implements AutoCloseable {

    private static final Duration END_OF_BATCH = Duration.ofSeconds(30);
    private static final Duration WARM_UP = Duration.ofMinutes(2);
    private static final int WARM_UP_ROUNDS = 8;

    /// Up to so many requests are a small batch.
    private static final int SMALL = 2;

    private final BatchRunner runner;
    private final WorkQueue queue;
    private final int maxBatch;
    private final List<Thread> threads;
    private final AtomicInteger busy = new AtomicInteger();
    private final CompletableFuture<Void> warm = new CompletableFuture<>();
    private volatile boolean closing;

    /// Starts the threads.
    ///
    /// @param threadCount how many
    /// @param warmUp what one of them computes before the first request, batch by batch
    InferencePool(
            BatchRunner runner, int threadCount, int queueCapacity, int maxBatch, List<List<RankingQuery>> warmUp) {
        this.runner = runner;
        this.queue = new WorkQueue(queueCapacity);
        this.maxBatch = maxBatch;
        this.threads = IntStream.range(0, threadCount)
                .mapToObj(number -> Thread.ofPlatform()
                        .name("inference-" + number)
                        .daemon()
                        .unstarted(() -> run(number == 0 ? warmUp : List.of(), mostExplanations(number, threadCount))))
                .toList();
        threads.forEach(Thread::start);
    }

    /// How many explanations a thread takes with a batch: one, or none.
    private static int mostExplanations(int number, int threadCount) {
        return number == 0 || number < threadCount / 2 ? 1 : 0;
    }

    /// Whether the model has warmed up and every thread still works.
    boolean ready() {
        return warm.isDone()
                && !warm.isCompletedExceptionally()
                && threads.stream().allMatch(Thread::isAlive)
                && !closing;
    }

    /// Waits until the model has warmed up.
    ///
    /// @throws IllegalStateException if the model fails on its own histories, or takes too long
    void awaitWarm() {
        try {
            warm.get(WARM_UP.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the model fails on its own histories: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new IllegalStateException("the model did not warm up within " + WARM_UP, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the model warmed up", e);
        }
    }

    CompletableFuture<Ranking> recommend(RankingQuery query) {
        return submit(new Request.ForHistory(query, new CompletableFuture<>(), System.nanoTime(), runner.follow()));
    }

    CompletableFuture<Ranking> similar(SimilarityQuery query) {
        return submit(new Request.ForItem(query, new CompletableFuture<>(), System.nanoTime(), runner.follow()));
    }

    CompletableFuture<List<Explanation>> explain(ExplanationQuery query) {
        return submit(new Request.ForReasons(query, new CompletableFuture<>(), System.nanoTime(), runner.follow()));
    }

    /// Whether a request would be refused now, because too many wait.
    boolean full() {
        return queue.isFull() && !droppedAbandoned();
    }

    /// How many requests wait.
    int waiting() {
        return queue.waiting();
    }

    private <A> CompletableFuture<A> submit(Request<A> request) {
        if (closing) {
            runner.drop(request, DropReason.CLOSING);
        } else if (!queue.offer(request) && !offeredInPlaceOfAbandoned(request)) {
            runner.drop(request, DropReason.QUEUE_FULL);
        } else if (closing) {
            failWaiting(); // close() may have looked before this request stood in the queue
        }
        return request.answer();
    }

    private boolean offeredInPlaceOfAbandoned(Request<?> request) {
        return droppedAbandoned() && queue.offer(request);
    }

    /// Makes room by dropping requests whose callers have gone, if there are such.
    private boolean droppedAbandoned() {
        List<Request<?>> abandoned = queue.removeAbandoned();
        abandoned.forEach(runner::dropAbandoned);
        return !abandoned.isEmpty();
    }

    private void run(List<List<RankingQuery>> warmUp, int mostExplanations) {
        if (!warmUp.isEmpty() && !warmedUp(warmUp)) {
            return;
        }
        while (!closing) {
            try {
                switch (queue.take(maxBatch, mostExplanations)) {
                    case Work.Part(Runnable part) -> part.run();
                    case Work.Batch(List<Request<?>> requests) -> compute(requests);
                }
            } catch (InterruptedException _) {
                // Only close() interrupts, and it has set `closing` before.
            }
        }
    }

    /// Computes every batch several times: programs are optimised on their first runs, and so is Java.
    private boolean warmedUp(List<List<RankingQuery>> batches) {
        try {
            for (List<RankingQuery> batch : batches) {
                for (int round = 0; round < WARM_UP_ROUNDS && !closing; round++) {
                    spread(batch.size(), true, cores -> runner.warmUp(batch, cores));
                }
            }
            return warm.complete(null);
        } catch (RuntimeException | Error e) {
            warm.completeExceptionally(e);
            return false;
        }
    }

    private void compute(List<Request<?>> batch) {
        try {
            boolean alone = busy.incrementAndGet() == 1;
            spread(batch.size(), alone, cores -> runner.run(batch, cores));
        } finally {
            busy.decrementAndGet();
        }
    }

    private void spread(int batchSize, boolean alone, Consumer<Cores> work) {
        int engineThreads = alone && batchSize <= SMALL ? threads.size() : 1;
        EngineThreads.with(1, () -> {
            work.accept(new SharedCores(queue, engineThreads));
            return true;
        });
    }

    /// Ends the threads after their present batches; requests that still wait fail. Returns only once no thread
    /// computes any more, so that the model's arrays may be freed.
    ///
    /// @throws IllegalStateException if a batch does not end in time; nothing may be freed then
    @Override
    public void close() {
        closing = true;
        warm.completeExceptionally(new IllegalStateException("closed")); // nobody waits for a warm-up any more
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            if (!Uninterruptibly.join(thread, END_OF_BATCH)) {
                throw new IllegalStateException("%s did not end within %s".formatted(thread.getName(), END_OF_BATCH));
            }
        }
        failWaiting();
    }

    private void failWaiting() {
        queue.drain().forEach(request -> runner.drop(request, DropReason.CLOSING));
    }
}
