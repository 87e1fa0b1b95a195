package io.diffmm.recommendation;

import com.github.benmanes.caffeine.cache.AsyncCacheLoader;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/// Computes the answers that the cache lacks, and again those that have grown old, these not too many at
/// once.
final class AnswerLoader implements AsyncCacheLoader<AnswerKey, EncodedAnswer> {

    private final AnswerSource source;
    private final Semaphore refreshes;
    private final RecommendationListener listener;

    /// A loader.
    ///
    /// @param maximumRefreshes how many answers past their age are computed again at once
    AnswerLoader(AnswerSource source, int maximumRefreshes, RecommendationListener listener) {
        this.source = source;
        this.refreshes = new Semaphore(maximumRefreshes);
        this.listener = listener;
    }

    /// Begins to compute an answer.
    ///
    /// A refusal is thrown, not returned: the cache then has nothing to store and to remove again.
    @Override
    public Computation<EncodedAnswer> asyncLoad(AnswerKey key, Executor executor) {
        Computation<EncodedAnswer> answer = source.compute(key);
        Waiting.requireNotFailed(answer);
        return answer;
    }

    /// Begins to compute an answer again; the old one is kept if that fails.
    @Override
    public CompletableFuture<EncodedAnswer> asyncReload(AnswerKey key, EncodedAnswer old, Executor executor) {
        if (!refreshes.tryAcquire()) {
            listener.refresh(RefreshEvent.REFUSED);
            return CompletableFuture.failedFuture(
                    new RecommendationsUnavailableException(UnavailableReason.QUEUE_FULL));
        }
        listener.refresh(RefreshEvent.STARTED);
        CompletableFuture<EncodedAnswer> answer = begin(key);
        var _ = answer.handle((_, failure) -> ended(failure == null ? RefreshEvent.SUCCEEDED : RefreshEvent.FAILED));
        return answer;
    }

    private RefreshEvent ended(RefreshEvent event) {
        refreshes.release();
        listener.refresh(event);
        return event;
    }

    /// A provisional answer does not take the place of a whole one.
    private CompletableFuture<EncodedAnswer> begin(AnswerKey key) {
        try {
            return source.compute(key).thenApply(AnswerLoader::whole);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static EncodedAnswer whole(EncodedAnswer answer) {
        if (answer.provisional()) {
            throw new CancellationException("the store of interactions is away");
        }
        return answer;
    }
}
