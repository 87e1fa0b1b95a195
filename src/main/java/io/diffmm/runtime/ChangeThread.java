package io.diffmm.runtime;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// The thread on which versions are opened and swapped, one change after the other: those who ask for one, requests
/// among them, only wait for it.
final class ChangeThread implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(ChangeThread.class.getName());

    /// How long somebody waits for a change, and the program for the end of one when it ends.
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private final ExecutorService executor = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("model-deployment").daemon().factory());

    /// Makes a change after those before it.
    ///
    /// @throws ChangeUnfinishedException if it is not made in time; it is made later
    /// @throws RuntimeException what it throws
    <T> T make(Supplier<T> change) {
        try {
            return executor.submit(change::get).get(LONGEST.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw Failure.unchecked(e);
        } catch (TimeoutException _) {
            throw new ChangeUnfinishedException("a version is still being loaded; what was asked for is done after it");
        } catch (RejectedExecutionException _) {
            throw new ChangeUnfinishedException("the program is ending");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new ChangeUnfinishedException("nobody waits for it any more; it is done all the same");
        }
    }

    void make(Runnable change) {
        make(() -> {
            change.run();
            return true;
        });
    }

    /// Ends the change that is being made, and makes no other.
    @Override
    public void close() {
        executor.shutdownNow();
        try {
            if (!executor.awaitTermination(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
                LOG.log(System.Logger.Level.WARNING, "a version was still being opened when the program ended");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
