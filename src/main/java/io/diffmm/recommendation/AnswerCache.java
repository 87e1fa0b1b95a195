package io.diffmm.recommendation;

import com.github.benmanes.caffeine.cache.AsyncCache;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/// Finished rankings. Requests for one that is being computed wait for it instead of computing it again.
///
/// A computation that fails is forgotten: its waiters get the failure, the next request tries again.
final class AnswerCache {

    private final AsyncCache<AnswerKey, List<RecommendedItem>> cache;

    AnswerCache(AsyncCache<AnswerKey, List<RecommendedItem>> cache) {
        this.cache = cache;
    }

    /// The ranking of `key`; `computation` must end by itself in bounded time.
    List<RecommendedItem> get(AnswerKey key, Supplier<List<RecommendedItem>> computation) {
        try {
            return cache.get(key, _ -> computation.get()).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e;
        }
    }
}
