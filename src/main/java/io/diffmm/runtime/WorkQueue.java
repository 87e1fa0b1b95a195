package io.diffmm.runtime;

import io.diffmm.model.Recommender.ExplanationQuery;
import io.diffmm.model.Recommender.RankingQuery;
import io.diffmm.model.Recommender.SimilarityQuery;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import io.diffmm.runtime.RuntimeListener.RequestTrace;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Thread-safe queue of the computing threads: parts of running batches, and a bounded number of waiting requests.
///
/// Parts go first, so that a running batch ends soon. Explanations, which take long, have a separate queue with a small
/// share of the capacity, and a thread takes one at a time; so they block neither the places nor the threads of
/// rankings.
final class WorkQueue {

    /// An explanation may take one of this many places.
    private static final int PLACES_PER_EXPLANATION = 8;

    private final int capacity;
    private final Lock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    private final Queue<Runnable> parts = new ArrayDeque<>();
    private final Queue<Request<?>> requests = new ArrayDeque<>(); // without explanations
    private final Queue<Request<?>> explanations = new ArrayDeque<>();

    /// Creates an empty queue.
    ///
    /// @param capacity maximum number of waiting requests
    WorkQueue(int capacity) {
        this.capacity = capacity;
    }

    /// Adds a request.
    ///
    /// @return false if the queue is full
    boolean offer(Request<?> request) {
        lock.lock();
        try {
            return switch (request) {
                case Request.Recommend _, Request.Similar _ -> offerShort(request);
                case Request.Explain _ -> offerLong(request);
            };
        } finally {
            lock.unlock();
        }
    }

    private boolean offerShort(Request<?> request) {
        if (isFull()) {
            return false;
        }
        requests.add(request);
        added.signal();
        return true;
    }

    private boolean offerLong(Request<?> request) {
        if (isFull() || explanations.size() * PLACES_PER_EXPLANATION >= capacity) {
            return false;
        }
        explanations.add(request);
        added.signalAll(); // not every thread takes explanations
        return true;
    }

    /// Adds parts of a batch.
    void addParts(Collection<? extends Runnable> some) {
        lock.lock();
        try {
            parts.addAll(some);
            some.forEach(_ -> added.signal());
        } finally {
            lock.unlock();
        }
    }

    /// Waits for work and takes it: a part of a batch that another thread has taken, or a batch of requests with
    /// explanations last.
    ///
    /// @param maxRequests maximum number of requests in a batch, without explanations
    /// @param maxExplanations maximum number of explanations in a batch
    /// @param computation computes a batch
    /// @return the part, or the computation of the batch
    Runnable take(int maxRequests, int maxExplanations, Consumer<List<Request<?>>> computation)
            throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (parts.isEmpty() && requests.isEmpty() && (explanations.isEmpty() || maxExplanations == 0)) {
                added.await();
            }
            if (!parts.isEmpty()) {
                return parts.remove();
            }
            List<Request<?>> batch = new ArrayList<>();
            move(requests, maxRequests, batch);
            move(explanations, maxExplanations, batch);
            return () -> computation.accept(batch);
        } finally {
            lock.unlock();
        }
    }

    /// Moves up to `max` requests, and the abandoned ones between them, which do not count.
    private static void move(Queue<Request<?>> waiting, int max, List<Request<?>> batch) {
        for (int live = 0; live < max && !waiting.isEmpty(); ) {
            Request<?> request = waiting.remove();
            live += isAbandoned(request) ? 0 : 1;
            batch.add(request);
        }
    }

    /// Removes and returns the requests whose callers have gone.
    List<Request<?>> removeAbandoned() {
        lock.lock();
        try {
            List<Request<?>> abandoned = new ArrayList<>();
            moveAbandoned(requests, abandoned);
            moveAbandoned(explanations, abandoned);
            return abandoned;
        } finally {
            lock.unlock();
        }
    }

    private static void moveAbandoned(Queue<Request<?>> waiting, List<Request<?>> abandoned) {
        for (Iterator<Request<?>> all = waiting.iterator(); all.hasNext(); ) {
            Request<?> request = all.next();
            if (isAbandoned(request)) {
                abandoned.add(request);
                all.remove();
            }
        }
    }

    /// Removes and returns all waiting requests.
    List<Request<?>> drain() {
        lock.lock();
        try {
            List<Request<?>> all = new ArrayList<>();
            move(requests, requests.size(), all);
            move(explanations, explanations.size(), all);
            return all;
        } finally {
            lock.unlock();
        }
    }

    /// Returns the number of waiting requests.
    int waiting() {
        lock.lock();
        try {
            return requests.size() + explanations.size();
        } finally {
            lock.unlock();
        }
    }

    /// Returns whether the number of waiting requests has reached the capacity.
    boolean isFull() {
        return waiting() >= capacity;
    }

    /// Returns whether the caller has cancelled a request or stopped waiting for it.
    static boolean isAbandoned(Request<?> request) {
        return request.answer().isDone();
    }

    /// A queued inference request.
    ///
    /// @param <A> type of the answer
    sealed interface Request<A> {

        /// Returns the future that receives the answer.
        CompletableFuture<A> answer();

        /// Returns the time of submission, by [System#nanoTime].
        long submitted();

        /// Returns the trace that receives the stages.
        RequestTrace trace();

        /// Ranks items for a history.
        record Recommend(RankingQuery query, CompletableFuture<Ranking> answer, long submitted, RequestTrace trace)
                implements Request<Ranking> {}

        /// Ranks the items most similar to one.
        record Similar(SimilarityQuery query, CompletableFuture<Ranking> answer, long submitted, RequestTrace trace)
                implements Request<Ranking> {}

        /// Explains the scores of items; as much work as a batch of rankings.
        record Explain(
                ExplanationQuery query, CompletableFuture<List<Explanation>> answer, long submitted, RequestTrace trace)
                implements Request<List<Explanation>> {}
    }
}
