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
/// Parts go first, so that a batch that has begun ends soon. May be used by any number of threads.
final class WorkQueue {

    private final int capacity;
    private final Lock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    private final Queue<Runnable> parts = new ArrayDeque<>();
    private final Queue<Request> requests = new ArrayDeque<>();

    /// An empty queue.
    ///
    /// @param capacity how many requests may wait
    WorkQueue(int capacity) {
        this.capacity = capacity;
    }

    /// Adds a request.
    ///
    /// @return false if too many wait already
    boolean offer(Request request) {
        lock.lock();
        try {
            if (requests.size() >= capacity) {
                return false;
            }
            requests.add(request);
            added.signal();
            return true;
        } finally {
            lock.unlock();
        }
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

    /// Waits for something to do and takes it: a part, or all requests that wait.
    ///
    /// @param most requests at once
    Work take(int most) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (parts.isEmpty() && requests.isEmpty()) {
                added.await();
            }
            return parts.isEmpty() ? new Work.Batch(next(most)) : new Work.Part(parts.remove());
        } finally {
            lock.unlock();
        }
    }

    /// As many requests as are wanted, and the abandoned ones between them.
    private List<Request> next(int most) {
        List<Request> next = new ArrayList<>();
        for (int live = 0; live < most && !requests.isEmpty(); ) {
            Request request = requests.remove();
            live += request.isAbandoned() ? 0 : 1;
            next.add(request);
        }
        return next;
    }

    /// Takes the requests whose callers have gone.
    List<Request> removeAbandoned() {
        lock.lock();
        try {
            List<Request> abandoned = new ArrayList<>();
            for (Iterator<Request> all = requests.iterator(); all.hasNext(); ) {
                Request request = all.next();
                if (request.isAbandoned()) {
                    abandoned.add(request);
                    all.remove();
                }
            }
            return abandoned;
        } finally {
            lock.unlock();
        }
    }

    /// Takes all requests that wait.
    List<Request> drain() {
        lock.lock();
        try {
            return next(requests.size());
        } finally {
            lock.unlock();
        }
    }

    /// How many requests wait.
    int waiting() {
        lock.lock();
        try {
            return requests.size();
        } finally {
            lock.unlock();
        }
    }
}
