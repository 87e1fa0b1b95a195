package io.diffmm.recommendation;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Waits for answers, but not for ever.
final class Waiting {

    private final Duration timeout;

    Waiting(Duration timeout) {
        this.timeout = timeout;
    }

    /// Waits for a computation that was entered, and leaves it.
    ///
    /// @throws RecommendationsUnavailableException if the runtime refuses, is shutting down, or takes too
    ///     long
    <T> T await(Computation<T> computation) {
        try {
            requireNotFailed(computation);
            return computation.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            throw new RecommendationsUnavailableException(
                    UnavailableReason.DEADLINE, "The answer was not ready within %d ms.".formatted(timeout.toMillis()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new RecommendationsUnavailableException(UnavailableReason.CLOSING);
        } catch (ExecutionException _) {
            throw unchecked(computation.exceptionNow());
        } finally {
            computation.leave();
        }
    }

    /// Throws what a computation has failed with, if it has failed already: as it is, without a new stack
    /// trace.
    static void requireNotFailed(Computation<?> computation) {
        if (computation.state() == Future.State.FAILED) {
            throw unchecked(computation.exceptionNow());
        }
    }

    private static RuntimeException unchecked(Throwable failure) {
        return switch (failure) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException("an answer could not be computed", failure);
        };
    }
}
