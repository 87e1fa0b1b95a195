package io.diffmm.runtime;

import io.diffmm.model.Recommender;
import io.diffmm.model.UserHistory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
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
    private static final Duration WARM_UP = Duration.ofMinutes(2);

    private final Recommender model;
    private final BlockingQueue<Request> waiting;
    private final int maxBatch;
    private final long timeoutNanos;
    private final Thread thread;
    private final CompletableFuture<Void> warm = new CompletableFuture<>();
    private volatile boolean closing;

    /// Starts the thread.
    InferenceThread(Recommender model, RuntimeSettings settings, List<UserHistory> warmUp) {
        this.model = model;
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

    CompletableFuture<Scores> score(OptionalInt user, int[] history) {
        return submit(
                new Request.ForHistory(new UserHistory(user, history), new CompletableFuture<>(), System.nanoTime()));
    }

    CompletableFuture<Scores> similar(int item) {
        return submit(new Request.ForItem(item, new CompletableFuture<>(), System.nanoTime()));
    }

    private CompletableFuture<Scores> submit(Request request) {
        if (closing) {
            request.answer().completeExceptionally(new OverloadedException("the model is being unloaded"));
        } else if (!waiting.offer(request)) {
            request.answer()
                    .completeExceptionally(new OverloadedException(
                            "%d requests wait already; try again later".formatted(waiting.size())));
        } else if (closing) {
            failWaiting(); // close() may have looked before this request stood in the queue
        }
        return request.answer();
    }

    private void run(List<UserHistory> warmUp) {
        try {
            model.score(warmUp.subList(0, 1));
            model.score(warmUp);
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

    private void answer(List<Request> batch) {
        long start = System.nanoTime();
        List<Request.ForHistory> histories = new ArrayList<>();
        for (Request request : batch) {
            if (request.answer().isDone()) {
                continue;
            }
            if (start - request.asked() > timeoutNanos) {
                request.answer().completeExceptionally(new OverloadedException("waited longer than the deadline"));
                continue;
            }
            switch (request) {
                case Request.ForHistory history -> histories.add(history);
                case Request.ForItem item -> answerItem(item, start);
            }
        }
        if (!histories.isEmpty()) {
            answerHistories(histories, start);
        }
    }

    private void answerItem(Request.ForItem request, long start) {
        try {
            complete(request, model.similar(request.item()), start);
        } catch (RuntimeException e) {
            request.answer().completeExceptionally(e);
        }
    }

    private void answerHistories(List<Request.ForHistory> requests, long start) {
        try {
            List<float[]> scores = model.score(
                    requests.stream().map(Request.ForHistory::history).toList());
            for (int at = 0; at < requests.size(); at++) {
                complete(requests.get(at), scores.get(at), start);
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

    private static void complete(Request request, float[] values, long start) {
        Duration waited = Duration.ofNanos(start - request.asked());
        Duration computed = Duration.ofNanos(System.nanoTime() - start);
        request.answer().complete(new Scores(values, waited, computed));
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
        left.forEach(request ->
                request.answer().completeExceptionally(new OverloadedException("the model is being unloaded")));
    }
}
