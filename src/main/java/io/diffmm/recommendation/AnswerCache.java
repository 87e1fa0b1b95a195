package io.diffmm.recommendation;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.AsyncCacheLoader;
import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import io.diffmm.deployment.ServedModels;
import io.diffmm.deployment.ServedModels.ModelLease;
import io.diffmm.recommendation.CacheInvalidator.AnswerKey;
import io.diffmm.recommendation.RecommendationListener.AnswerOrigin;
import io.diffmm.recommendation.RecommendationListener.RefreshEvent;
import io.diffmm.recommendation.RecommendationsUnavailableException.UnavailableReason;
import io.diffmm.recommendation.ServingProperties.CacheProperties;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Cache of encoded answers that computes each missing answer once, on a virtual thread, for all waiting requests.
///
/// A stale answer is still served for a while (stale-while-revalidate); the first request for it starts a new
/// computation in the background. A failed computation is not cached: its waiting requests fail, and the next request
/// tries again. When the last waiting request times out or is interrupted, the computing thread is interrupted; a
/// result that the runtime has completed by then is encoded and cached.
final class AnswerCache {

    /// Lifetime of an answer that was computed without the store of interactions.
    private static final Duration PROVISIONAL = Duration.ofSeconds(1);

    private final ServedModels models;
    private final RecommendationPipeline pipeline;
    private final Duration timeout;
    private final Executor executor;
    private final RecommendationListener listener;
    private final AsyncLoadingCache<AnswerKey, EncodedAnswer> answers;

    /// Creates an empty cache.
    ///
    /// @param timeout maximum time that a request waits for an answer
    /// @param executor starts a virtual thread for each task
    /// @param ticker clock of the answers' age
    AnswerCache(
            CacheProperties properties,
            ServedModels models,
            RecommendationPipeline pipeline,
            Duration timeout,
            Executor executor,
            Ticker ticker,
            RecommendationListener listener) {
        this.models = models;
        this.pipeline = pipeline;
        this.timeout = timeout;
        this.executor = executor;
        this.listener = listener;
        this.answers = builder(properties)
                .executor(executor)
                .ticker(ticker)
                .buildAsync(new Loader(new Semaphore(properties.maximumRefreshes())));
    }

    private static Caffeine<AnswerKey, EncodedAnswer> builder(CacheProperties properties) {
        Duration lifetime = properties.timeToLive().plus(properties.staleWhileRevalidate());
        Caffeine<AnswerKey, EncodedAnswer> cache = Caffeine.newBuilder()
                .maximumWeight(properties.maximumSize())
                .weigher((AnswerKey _, EncodedAnswer answer) -> answer.weight())
                .expireAfter(Expiry.writing(
                        (AnswerKey _, EncodedAnswer answer) -> answer.provisional() ? PROVISIONAL : lifetime))
                .removalListener((@Nullable AnswerKey key, @Nullable EncodedAnswer _, RemovalCause _) -> forget(key))
                .recordStats();
        if (properties.staleWhileRevalidate().isPositive()) {
            cache.refreshAfterWrite(properties.timeToLive());
        }
        return cache;
    }

    /// Removes the key of an evicted answer from the user's history, so that its keys do not accumulate.
    private static void forget(@Nullable AnswerKey key) {
        if (key instanceof AnswerKey.UserKey forUser) {
            forUser.history().forget(key);
        }
    }

    /// Answers by their keys, for invalidation and meters.
    AsyncCache<AnswerKey, EncodedAnswer> answers() {
        return answers;
    }

    /// Returns the answer from the cache, or computes it, and reports its origin.
    ///
    /// @param lease lease of the key's version; closed by the cache
    /// @throws UnknownItemException if the model does not contain the item of the key
    /// @throws RecommendationsUnavailableException if the answer cannot be computed in time
    EncodedAnswer get(AnswerKey key, ModelLease lease) {
        long start = System.nanoTime();
        boolean taken = false;
        try {
            while (true) {
                CompletableFuture<EncodedAnswer> found = answers.get(key, (asked, _) -> start(asked, lease));
                taken = found instanceof Computation computation && computation.lease == lease;
                if (found.state() == Future.State.SUCCESS) {
                    return given(found.resultNow(), taken ? AnswerOrigin.COMPUTED : AnswerOrigin.CACHED, key, start);
                }
                if (found instanceof Computation computation && (taken || computation.enter())) {
                    return given(await(computation), AnswerOrigin.COMPUTED, key, start);
                }
                answers.asMap().remove(key, found); // all other requests have just stopped waiting
            }
        } finally {
            if (!taken) {
                lease.close();
            }
        }
    }

    private Computation start(AnswerKey key, ModelLease lease) {
        RecommendationPipeline.admit(lease.runtime(), key);
        var computation = new Computation(key, lease);
        executor.execute(computation);
        return computation;
    }

    private EncodedAnswer given(EncodedAnswer answer, AnswerOrigin origin, AnswerKey key, long start) {
        listener.answered(answer.kind(), key.version());
        listener.answerTook(origin, key.version(), Duration.ofNanos(System.nanoTime() - start));
        return answer;
    }

    private EncodedAnswer await(Computation computation) {
        try {
            return computation.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            throw RecommendationsUnavailableException.late(timeout);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new RecommendationsUnavailableException(UnavailableReason.CLOSING);
        } catch (ExecutionException e) {
            answers.asMap().remove(computation.key, computation); // before the next request can find it
            throw RecommendationPipeline.unchecked(e);
        } finally {
            computation.leave();
        }
    }

    /// Computation on a virtual thread, with the number of requests that wait for it.
    private final class Computation extends CompletableFuture<EncodedAnswer> implements Runnable {

        private static final int ABANDONED = -1;

        private final AnswerKey key;
        private final ModelLease lease;

        /// Counts the request that starts the computation. A refresh, for which no request waits, is not abandoned.
        private final AtomicInteger waiting = new AtomicInteger(1);

        private volatile @Nullable Thread thread;

        private Computation(AnswerKey key, ModelLease lease) {
            this.key = key;
            this.lease = lease;
        }

        /// Computes the answer and closes the lease.
        @Override
        public void run() {
            try (lease) {
                thread = Thread.currentThread(); // before `waiting` is read, see leave()
                if (waiting.get() == ABANDONED) {
                    cancel(false);
                } else {
                    complete(pipeline.answer(lease.runtime(), key));
                }
            } catch (InterruptedException _) {
                cancel(false);
            } catch (RuntimeException | Error e) {
                completeExceptionally(e);
            }
        }

        /// Counts one more waiting request.
        ///
        /// @return false if no other request waits any longer; the answer must be computed again then
        private boolean enter() {
            return waiting.getAndUpdate(count -> count == ABANDONED ? ABANDONED : count + 1) != ABANDONED;
        }

        /// Counts one waiting request less; if it was the last one and there is no answer yet, interrupts the
        /// computation.
        private void leave() {
            if (waiting.decrementAndGet() == 0 && !isDone() && waiting.compareAndSet(0, ABANDONED)) {
                Thread computing = thread;
                if (computing != null) {
                    computing.interrupt();
                }
            }
        }
    }

    /// Starts the computations that Caffeine requests: refreshes of stale answers, up to a maximum number at once.
    private final class Loader implements AsyncCacheLoader<AnswerKey, EncodedAnswer> {

        private final Semaphore refreshes;

        private Loader(Semaphore refreshes) {
            this.refreshes = refreshes;
        }

        @Override
        public CompletableFuture<EncodedAnswer> asyncLoad(AnswerKey key, Executor unused) {
            ModelLease lease = models.version(key.version())
                    .orElseThrow(
                            () -> new IllegalStateException("version %s is no longer served".formatted(key.version())));
            try {
                return start(key, lease);
            } catch (RuntimeException | Error e) {
                lease.close();
                throw e;
            }
        }

        /// Starts to compute an answer again; the old one stays in the cache if that fails.
        @Override
        public CompletableFuture<EncodedAnswer> asyncReload(AnswerKey key, EncodedAnswer old, Executor unused) {
            if (!refreshes.tryAcquire()) {
                listener.refresh(RefreshEvent.REFUSED);
                return CompletableFuture.failedFuture(
                        new RecommendationsUnavailableException(UnavailableReason.QUEUE_FULL));
            }
            listener.refresh(RefreshEvent.STARTED);
            CompletableFuture<EncodedAnswer> answer = reload(key, unused);
            var _ = answer.handle(
                    (_, failure) -> ended(failure == null ? RefreshEvent.SUCCEEDED : RefreshEvent.FAILED));
            return answer;
        }

        private CompletableFuture<EncodedAnswer> reload(AnswerKey key, Executor unused) {
            try {
                return asyncLoad(key, unused).thenApply(AnswerCache::requireLasting);
            } catch (RuntimeException | Error e) { // the permit is released by the caller
                return CompletableFuture.failedFuture(e);
            }
        }

        private RefreshEvent ended(RefreshEvent event) {
            refreshes.release();
            listener.refresh(event);
            return event;
        }
    }

    /// Returns a complete answer; fails for a provisional one, which must not replace it in the cache.
    private static EncodedAnswer requireLasting(EncodedAnswer answer) {
        if (answer.provisional()) {
            throw new CancellationException("the store of interactions is unavailable");
        }
        return answer;
    }
}
