package io.diffmm.runtime;

import io.diffmm.model.RankingQuery;
import io.diffmm.model.Recommender;
import io.diffmm.model.StageTimes;
import io.diffmm.ranking.Ranking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The one thread that computes: it takes all requests that wait, up to a batch, and answers them together.
///
/// A request whose caller has gone, or that has waited past its deadline, is dropped before it is computed. A
/// request that fails does so alone: a batch that fails is computed again one by one.
final class InferenceThread implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(InferenceThread.class.getName());
    private static final Duration END_OF_BATCH = Duration.ofSeconds(30);
    private static final int WARM_UP_ROUNDS = 8;
    private static final Duration WARM_UP = Duration.ofMinutes(2);

    private final Recommender model;
    private final BatchSizes sizes;
    private final RuntimeListener listener;
    private final BlockingQueue<Request> waiting;
    private final int maxBatch;
    private final long timeoutNanos;
    private final Thread thread;
    private final CompletableFuture<Void> warm = new CompletableFuture<>();
    private volatile boolean closing;

    /// Starts the thread.
    ///
    /// @param warmUp what is computed before the first request, as many queries as the greatest size
    InferenceThread(
            Recommender model,
            RuntimeSettings settings,
            BatchSizes sizes,
            RuntimeListener listener,
            List<RankingQuery> warmUp) {
        this.model = model;
        this.sizes = sizes;
        this.listener = listener;
        this.waiting = new ArrayBlockingQueue<>(settings.queueCapacity());
        this.maxBatch = settings.maxBatch();
        this.timeoutNanos = settings.timeout().toNanos();
        this.thread = Thread.ofPlatform().name("inference").daemon().unstarted(() -> run(warmUp));
        thread.start();
    }

    /// Whether the thread has warmed up and still works.
    boolean ready() {
        return warm.isDone() && !warm.isCompletedExceptionally() && thread.isAlive() && !closing;
    }

    /// Waits until the thread has warmed up.
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

    CompletableFuture<Ranked> recommend(RankingQuery query) {
        return submit(new Request.ForHistory(query, new CompletableFuture<>(), System.nanoTime()));
    }

    CompletableFuture<Ranked> similar(int item, int count) {
        return submit(new Request.ForItem(item, count, new CompletableFuture<>(), System.nanoTime()));
    }

    /// How many requests wait.
    int waiting() {
        return waiting.size();
    }

    private CompletableFuture<Ranked> submit(Request request) {
        if (closing) {
            drop(request, DropReason.CLOSING);
        } else if (!waiting.offer(request)) {
            drop(request, DropReason.QUEUE_FULL);
        } else if (closing) {
            failWaiting(); // close() may have looked before this request stood in the queue
        }
        return request.answer();
    }

    private void drop(Request request, DropReason reason) {
        request.answer().completeExceptionally(new OverloadedException(reason));
        listener.dropped(reason);
    }

    private void run(List<RankingQuery> warmUp) {
        try {
            warmUp(warmUp);
            warm.complete(null);
        } catch (RuntimeException | Error e) {
            warm.completeExceptionally(e);
            return;
        }
        List<Request> batch = new ArrayList<>(maxBatch);
        while (!closing) {
            try {
                batch.add(waiting.take());
                waiting.drainTo(batch, maxBatch - 1);
                answer(batch);
            } catch (InterruptedException _) {
                // Only close() interrupts, and it has set `closing` before.
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.ERROR, "a batch could not be computed", e);
                batch.forEach(request -> request.answer().completeExceptionally(e));
            } finally {
                batch.clear();
            }
        }
    }

    /// Computes every size several times: programs are optimised on their first runs, and so is Java.
    private void warmUp(List<RankingQuery> queries) {
        for (int size : sizes.warmed()) {
            for (int round = 0; round < WARM_UP_ROUNDS; round++) {
                model.recommend(queries.subList(0, size), new StageTimes());
            }
        }
    }

    private void answer(List<Request> batch) {
        long start = System.nanoTime();
        List<Request.ForHistory> histories = new ArrayList<>();
        for (Request request : batch) {
            if (request.answer().isDone()) {
                listener.dropped(DropReason.CALLER_GONE);
            } else if (start - request.asked() > timeoutNanos) {
                drop(request, DropReason.DEADLINE);
            } else {
                listener.waited(Duration.ofNanos(start - request.asked()));
                switch (request) {
                    case Request.ForHistory history -> histories.add(history);
                    case Request.ForItem item -> answerItem(item, start);
                }
            }
        }
        if (!histories.isEmpty()) {
            answerHistories(histories, start);
        }
    }

    private void answerItem(Request.ForItem request, long start) {
        try {
            complete(request, model.similar(request.item(), request.count()), start);
        } catch (RuntimeException e) {
            request.answer().completeExceptionally(e);
        }
    }

    private void answerHistories(List<Request.ForHistory> requests, long start) {
        try {
            var times = new StageTimes();
            List<RankingQuery> queries =
                    requests.stream().map(Request.ForHistory::query).toList();
            List<Ranking> rankings = model.recommend(sizes.padded(queries), times);
            listener.batchComputed(requests.size());
            times.measured()
                    .forEach(
                            (stage, took) -> listener.stageComputed(stage.name().toLowerCase(Locale.ROOT), took));
            for (int at = 0; at < requests.size(); at++) {
                complete(requests.get(at), rankings.get(at), start);
            }
        } catch (RuntimeException e) {
            if (requests.size() == 1) {
                requests.getFirst().answer().completeExceptionally(e);
            } else {
                LOG.log(System.Logger.Level.WARNING, "a batch failed; its requests are computed one by one", e);
                requests.forEach(request -> answerHistories(List.of(request), System.nanoTime()));
            }
        }
    }

    private static void complete(Request request, Ranking ranking, long start) {
        Duration waited = Duration.ofNanos(start - request.asked());
        Duration computed = Duration.ofNanos(System.nanoTime() - start);
        request.answer().complete(new Ranked(ranking, waited, computed));
    }

    /// Ends the thread after its present batch; requests that still wait fail. Returns only once the thread no longer
    /// computes, so that its arrays may be freed.
    ///
    /// @throws IllegalStateException if the batch does not end in time; nothing may be freed then
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        if (!Uninterruptibly.join(thread, END_OF_BATCH)) {
            throw new IllegalStateException("the inference thread did not end within " + END_OF_BATCH);
        }
        failWaiting();
    }

    private void failWaiting() {
        List<Request> left = new ArrayList<>();
        waiting.drainTo(left);
        left.forEach(request -> drop(request, DropReason.CLOSING));
    }
}
