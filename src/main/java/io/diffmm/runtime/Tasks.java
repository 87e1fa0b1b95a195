package io.diffmm.runtime;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Methods that wait for tasks and threads, and rethrow the exceptions of tasks.
///
/// Methods named `...Uninterruptibly` wait to the end despite an interruption and then set the thread's interrupt
/// status again.
public final class Tasks {

    private Tasks() {}

    /// Returns the exception that a task threw, to be thrown by the thread that waited for it.
    public static RuntimeException failure(ExecutionException failure) {
        return failure(failure.getCause() == null ? failure : failure.getCause());
    }

    /// Returns an unchecked exception unchanged, throws an error, and wraps a checked exception.
    public static RuntimeException failure(Throwable failure) {
        return switch (failure) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException(failure);
        };
    }

    /// Waits for a result.
    ///
    /// @param activity noun phrase for messages, for example `probe`
    /// @throws IllegalStateException if the task fails or takes longer than `limit`, or the thread is interrupted
    static <T> T result(Future<T> task, Duration limit, String activity) {
        try {
            return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("%s failed: %s".formatted(activity, e.getCause()), e);
        } catch (TimeoutException e) {
            throw new IllegalStateException("%s did not finish within %s".formatted(activity, limit), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for %s".formatted(activity), e);
        }
    }

    /// Waits until a task has succeeded, failed or been cancelled.
    static void awaitUninterruptibly(Future<?> task) {
        waitUninterruptibly(() -> {
            try {
                task.get();
            } catch (ExecutionException | CancellationException _) {
                // The task has ended.
            }
            return true;
        });
    }

    /// Waits for the end of `thread`.
    ///
    /// @return whether it ended within `limit`
    static boolean joinUninterruptibly(Thread thread, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        return waitUninterruptibly(() -> thread.join(Duration.ofNanos(Math.max(0, deadline - System.nanoTime()))));
    }

    /// Interrupts the running tasks of an executor, discards the queued ones and waits for its threads to end.
    ///
    /// @return whether they ended within `limit`
    public static boolean shutDownUninterruptibly(ExecutorService executor, Duration limit) {
        executor.shutdownNow();
        long deadline = System.nanoTime() + limit.toNanos();
        return waitUninterruptibly(() -> executor.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS));
    }

    private static boolean waitUninterruptibly(Wait wait) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return wait.await();
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @FunctionalInterface
    private interface Wait {
        boolean await() throws InterruptedException;
    }
}
