package io.diffmm.deployment;

import io.diffmm.deployment.VersionChangeException.ChangeUnfinishedException;
import io.diffmm.runtime.Tasks;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Threads of a deployment: one makes all changes of version, one after the other, and one polls for new versions.
///
/// Callers, such as request threads, only wait for a change. Polling is necessary because network file systems do not
/// report changes of files.
final class DeploymentExecutor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DeploymentExecutor.class);

    /// Maximum time that a caller waits for a change, and that shutdown waits for a running one.
    private static final Duration MAX_WAIT = Duration.ofMinutes(2);

    private final ExecutorService changes = Executors.newSingleThreadExecutor(thread("model-deployment"));
    private final ScheduledExecutorService polls =
            Executors.newSingleThreadScheduledExecutor(thread("version-watcher"));
    private volatile boolean closing;

    private static ThreadFactory thread(String name) {
        return Thread.ofPlatform().name(name).daemon().factory();
    }

    /// Makes a change after those submitted before it.
    ///
    /// @throws ChangeUnfinishedException if it does not finish in time; it continues in the background
    /// @throws RuntimeException exception of `change`
    <T> T make(Supplier<T> change) {
        try {
            return changes.submit(change::get).get(MAX_WAIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw Tasks.failure(e);
        } catch (TimeoutException _) {
            throw new ChangeUnfinishedException("a version is still loading; the requested change follows it");
        } catch (RejectedExecutionException _) {
            throw new ChangeUnfinishedException("the server is shutting down");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new ChangeUnfinishedException("interrupted while waiting; the change continues in the background");
        }
    }

    /// Runs `poll` repeatedly with `interval` between an end and the next start; a zero interval disables it.
    void poll(Runnable poll, Duration interval) {
        if (interval.isPositive()) {
            var _ = polls.scheduleWithFixedDelay(
                    () -> runLogged(poll), interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /// Catches every failure: the executor would cancel all later polls.
    private void runLogged(Runnable poll) {
        try {
            poll.run();
        } catch (RuntimeException | Error e) {
            if (!closing) {
                LOG.error("Poll for new versions failed; the next poll tries again", e);
            }
        }
    }

    /// Returns whether the deployment is shutting down.
    boolean isClosing() {
        return closing;
    }

    /// Interrupts a running poll and a running change, discards queued changes, and waits for both threads.
    @Override
    public void close() {
        closing = true;
        if (!Tasks.shutDownUninterruptibly(polls, MAX_WAIT)) {
            LOG.warn("A poll for new versions was still running at shutdown");
        }
        if (!Tasks.shutDownUninterruptibly(changes, MAX_WAIT)) {
            LOG.warn("A version was still loading at shutdown");
        }
    }
}
