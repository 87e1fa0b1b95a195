package io.diffmm.runtime;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/// What the computing threads have to do: parts of batches that have begun, and a bounded number of requests that wait.
///
/// Parts go first, so that a batch that has begun ends soon. Explanations, which take long, wait in a line of
/// their own with few of the places, and a thread takes one at a time; so they keep neither places nor threads
/// from rankings. May be used by any number of threads.
final class WorkQueue {

    /// One of so many places may be an explanation's.
    private static final int PLACES_TO_AN_EXPLANATION = 8;

    private final int capacity;
    private final Lock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    private final Queue<Runnable> parts = new ArrayDeque<>();
    private final Queue<Request<?>> requests = new ArrayDeque<>(); // without explanations
    private final Queue<Request<?>> explanations = new ArrayDeque<>();

    /// An empty queue.
    ///
    /// @param capacity how many requests may wait
    WorkQueue(int capacity) {
        this.capacity = capacity;
    }

    /// Adds a request.
    ///
    /// @return false if too many wait already
    boolean offer(Request<?> request) {
        lock.lock();
        try {
            return switch (request) {
                case Request.ForHistory _, Request.ForItem _ -> offerShort(request);
                case Request.ForReasons _ -> offerLong(request);
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
        if (isFull() || explanations.size() * PLACES_TO_AN_EXPLANATION >= capacity) {
            return false;
        }
        explanations.add(request);
        added.signalAll(); // not every thread takes it
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

    /// Waits for something to do and takes it: a part, or all requests that wait, explanations last.
    ///
    /// @param most requests at once, without explanations
    /// @param mostExplanations at once
    Work take(int most, int mostExplanations) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (parts.isEmpty() && requests.isEmpty() && (explanations.isEmpty() || mostExplanations == 0)) {
                added.await();
            }
            if (!parts.isEmpty()) {
                return new Work.Part(parts.remove());
            }
            List<Request<?>> batch = new ArrayList<>();
            move(requests, most, batch);
            move(explanations, mostExplanations, batch);
            return new Work.Batch(batch);
        } finally {
            lock.unlock();
        }
    }

    /// Moves as many requests as are wanted, and the abandoned ones between them.
    private static void move(Queue<Request<?>> waiting, int most, List<Request<?>> batch) {
        for (int live = 0; live < most && !waiting.isEmpty(); ) {
            Request<?> request = waiting.remove();
            live += request.isAbandoned() ? 0 : 1;
            batch.add(request);
        }
    }

    /// Takes the requests whose callers have gone.
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
            if (request.isAbandoned()) {
                abandoned.add(request);
                all.remove();
            }
        }
    }

    /// Takes all requests that wait.
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

    /// How many requests wait.
    int waiting() {
        lock.lock();
        try {
            return requests.size() + explanations.size();
        } finally {
            lock.unlock();
        }
    }

    /// Whether as many requests wait as may.
    boolean isFull() {
        return waiting() >= capacity;
    }
}
