package io.diffmm.interactions;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.dao.QueryTimeoutException;

/// Brings commits to the disk: one flush at a time, and one for all commits that were there when it began.
final class GroupFlush {

    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final Runnable flush;
    private final AtomicLong commits = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private long flushed; // commits that are on the disk

    GroupFlush(Runnable flush) {
        this.flush = flush;
    }

    /// Returns once the caller's commit is on the disk.
    ///
    /// @throws QueryTimeoutException if that takes too long, or the thread is interrupted
    void await() {
        long own = commits.incrementAndGet();
        acquire();
        try {
            if (flushed < own) {
                long all = commits.get();
                flush.run();
                flushed = all;
            }
        } finally {
            lock.unlock();
        }
    }

    private void acquire() {
        try {
            if (!lock.tryLock(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
                throw new QueryTimeoutException("the disk did not take a commit within " + LONGEST);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueryTimeoutException("interrupted while a commit was on its way to the disk", e);
        }
    }
}
