package io.diffmm.recommendation;

import io.diffmm.ranking.Ranking;
import io.diffmm.runtime.OverloadedException;
import io.diffmm.runtime.Ranked;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// Waits for rankings, but not for ever.
final class Inference {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final Duration timeout;

    Inference(Duration timeout) {
        this.timeout = timeout;
    }

    /// Sends a request to the runtime and returns its ranking.
    ///
    /// @throws RecommendationsUnavailableException if the runtime refuses, is shutting down, or takes too long
    Ranking ranking(Supplier<CompletableFuture<Ranked>> request) {
        try {
            return await(request.get()).ranking();
        } catch (OverloadedException e) {
            throw unavailable("Too many requests are waiting.", e);
        } catch (CancellationException e) {
            throw unavailable("The service is shutting down.", e);
        }
    }

    private Ranked await(CompletableFuture<Ranked> future) {
        try {
            return future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            future.cancel(false);
            throw unavailable("The answer was not ready within %d ms.".formatted(timeout.toMillis()), e);
        } catch (InterruptedException e) {
            future.cancel(false);
            Thread.currentThread().interrupt();
            throw unavailable("The service is shutting down.", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("ranking failed", e.getCause());
        }
    }

    private static RecommendationsUnavailableException unavailable(String message, Exception cause) {
        return new RecommendationsUnavailableException(message, RETRY_AFTER, cause);
    }
}
