package io.diffmm.runtime;

import java.time.Duration;

/// Waiting that an interruption does not cut short; the interruption is passed on afterwards.
final class Uninterruptibly {

    private Uninterruptibly() {}

    /// Waits for the end of `thread`.
    ///
    /// @return whether it ended within `limit`
    static boolean join(Thread thread, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return thread.join(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
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
}
