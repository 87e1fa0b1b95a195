package io.diffmm.recommendation;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Finished answers. Requests for one that is being computed wait for it instead of computing it again.
///
/// An answer past its age is still given for a while, and the first request for it begins a new computation
/// in the background. A computation that fails is forgotten: its waiters get the failure, the next request
/// tries again.
final class AnswerCache {

    /// How long an answer is kept that had to do without something.
    private static final Duration PROVISIONAL = Duration.ofSeconds(1);

    private final AsyncLoadingCache<AnswerKey, EncodedAnswer> answers;
    private final Waiting waiting;

    AnswerCache(AsyncLoadingCache<AnswerKey, EncodedAnswer> answers, Waiting waiting) {
        this.answers = answers;
        this.waiting = waiting;
    }

    /// An empty cache.
    ///
    /// @param executor runs the upkeep of the cache
    static AsyncLoadingCache<AnswerKey, EncodedAnswer> create(
            CacheProperties properties, AnswerLoader loader, Executor executor, Ticker ticker) {
        Duration lifetime = properties.timeToLive().plus(properties.staleWhileRevalidate());
        Caffeine<AnswerKey, EncodedAnswer> cache = Caffeine.newBuilder()
                .maximumWeight(properties.maximumSize())
                .weigher((AnswerKey _, EncodedAnswer answer) -> answer.weight())
                .expireAfter(Expiry.writing(
                        (AnswerKey _, EncodedAnswer answer) -> answer.provisional() ? PROVISIONAL : lifetime))
                .removalListener((@Nullable AnswerKey key, @Nullable EncodedAnswer _, RemovalCause _) -> forget(key))
                .executor(executor)
                .ticker(ticker)
                .recordStats();
        if (properties.staleWhileRevalidate().isPositive()) {
            cache.refreshAfterWrite(properties.timeToLive());
        }
        return cache.buildAsync(loader);
    }

    /// So that a user's state does not grow with everything that was ever asked.
    private static void forget(@Nullable AnswerKey key) {
        if (key instanceof AnswerKey.ForUser forUser) {
            forUser.user().forget(key);
        }
    }

    /// An answer, and where it came from.
    record Given(EncodedAnswer answer, AnswerOrigin origin) {}

    /// The answer to `key`, from the cache or computed now.
    ///
    /// @throws RecommendationsUnavailableException if it cannot be computed in time
    Given get(AnswerKey key) {
        AnswerOrigin origin = answers.asMap().containsKey(key) ? AnswerOrigin.CACHED : AnswerOrigin.COMPUTED;
        while (true) {
            CompletableFuture<EncodedAnswer> answer = answers.get(key);
            if (answer.state() == Future.State.SUCCESS) {
                return new Given(answer.resultNow(), origin);
            }
            if (answer instanceof Computation<EncodedAnswer> computation && computation.enter()) {
                return new Given(await(key, computation), AnswerOrigin.COMPUTED);
            }
            answers.asMap().remove(key, answer); // everybody else has just given up on it
        }
    }

    private EncodedAnswer await(AnswerKey key, Computation<EncodedAnswer> computation) {
        try {
            return waiting.await(computation);
        } catch (RuntimeException e) {
            if (computation.isCompletedExceptionally()) {
                answers.asMap().remove(key, computation); // now, so that who asks again does not find it
            }
            throw e;
        }
    }
}
