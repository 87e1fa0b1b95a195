package io.diffmm.recommendation;

import io.diffmm.runtime.OverloadedException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// An answer that is being computed and that any number of requests wait for.
///
/// When the last of them gives up before the runtime has answered, the request to it is cancelled, so that nobody
/// computes for nobody; what has been computed by then is finished and kept. A computation that nobody ever waited for,
/// a refresh, is not cancelled.
final class Computation<T> extends CompletableFuture<T> {

    private static final int ABANDONED = -1;

    private final CompletableFuture<?> source;
    private final AtomicInteger waiting = new AtomicInteger();

    private Computation(CompletableFuture<?> source) {
        this.source = source;
    }

    /// What `finish` makes of the result of `source`.
    ///
    /// Fails with [RecommendationsUnavailableException] if the runtime refuses or drops the request.
    ///
    /// @param executor runs `finish`, so that whoever completes `source` need not
    static <S, T> Computation<T> of(CompletableFuture<S> source, Function<S, T> finish, Executor executor) {
        var computation = new Computation<T>(source);
        // Not thenApply, which wraps a failure in an exception with a stack trace.
        var _ = source.handle((result, failure) -> {
            if (failure != null) {
                return computation.completeExceptionally(explained(failure));
            }
            executor.execute(() -> computation.finish(result, finish));
            return true;
        });
        return computation;
    }

    /// Begins to wait.
    ///
    /// @return false if everybody has given up on it already; it must be computed again then
    boolean enter() {
        return waiting.getAndUpdate(count -> count == ABANDONED ? ABANDONED : count + 1) != ABANDONED;
    }

    /// Ends waiting, with an answer or without.
    void leave() {
        if (waiting.decrementAndGet() == 0 && !source.isDone() && waiting.compareAndSet(0, ABANDONED)) {
            cancel(false);
            source.cancel(false);
        }
    }

    private <S> void finish(S result, Function<S, T> finish) {
        try {
            complete(finish.apply(result));
        } catch (RuntimeException | Error e) {
            completeExceptionally(e);
        }
    }

    private static Throwable explained(Throwable failure) {
        return switch (failure) {
            case OverloadedException overloaded ->
                new RecommendationsUnavailableException(UnavailableReason.of(overloaded.reason()));
            case CancellationException _ -> new RecommendationsUnavailableException(UnavailableReason.CLOSING);
            default -> failure;
        };
    }
}
