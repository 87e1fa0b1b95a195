package io.diffmm.recommendation;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import io.diffmm.deployment.Models;
import io.diffmm.deployment.Models.ModelLease;
import io.diffmm.runtime.ModelRuntime.ServedModel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Answers what to recommend: from a history by the model, without one by popularity.
public final class RecommendationService {

    private final Models models;
    private final AnswerSource source;
    private final AnswerCache cache;
    private final Freshness freshness;
    private final Waiting waiting;
    private final RecommendationListener listener;

    RecommendationService(
            Models models,
            AnswerSource source,
            AsyncLoadingCache<AnswerKey, EncodedAnswer> cache,
            Freshness freshness,
            Duration timeout,
            RecommendationListener listener) {
        this.models = models;
        this.source = source;
        this.waiting = new Waiting(timeout);
        this.freshness = freshness;
        this.cache = new AnswerCache(cache, waiting);
        this.listener = listener;
    }

    /// Items for a user, encoded; a user without history gets the popular ones.
    ///
    /// @throws RecommendationsUnavailableException if the answer cannot be computed in time
    public EncodedAnswer recommend(String userId, RecommendationQuery query) {
        try (ModelLease lease = models.forUser(userId)) {
            return cached(freshness.key(lease.version(), userId, query));
        }
    }

    /// Items for somebody with this history, oldest item first. Nothing is kept.
    ///
    /// Items that the model does not know are left out, as is every repetition of an item.
    ///
    /// @throws RecommendationsUnavailableException if the answer cannot be computed in time
    public SessionRecommendations recommend(List<String> history, RecommendationQuery query) {
        long start = System.nanoTime();
        SessionRecommendations answer = counted(served().version(), () -> {
            Computation<SessionRecommendations> computation = source.compute(history, query);
            computation.enter();
            return waiting.await(computation);
        });
        Recommendations recommendations = answer.recommendations();
        answered(
                recommendations.kind(),
                AnswerOrigin.COMPUTED,
                recommendations.model().version(),
                start);
        return answer;
    }

    /// The items most like one item, encoded.
    ///
    /// @throws UnknownItemException if the model does not know the item
    /// @throws RecommendationsUnavailableException if the answer cannot be computed in time
    public EncodedAnswer similar(String itemId, int limit) {
        try (ModelLease lease = models.current()) {
            return cached(new AnswerKey.LikeItem(lease.version(), itemId, limit));
        }
    }

    /// The version of the model whose answer has this id; empty if this server has not served such a version, lately at
    /// least.
    public Optional<String> versionOf(String recommendationId) {
        return Optional.of(AnswerIds.version(recommendationId)).filter(models::served);
    }

    /// How many of some items the model does not know.
    public int unknown(List<String> itemIds) {
        ServedModel model = served();
        return (int) itemIds.stream()
                .distinct()
                .filter(item -> model.items().row(item).isEmpty())
                .count();
    }

    /// What is loaded.
    public ModelDescription model() {
        ServedModel model = served();
        return new ModelDescription(
                model.name(),
                model.version(),
                model.family(),
                model.created(),
                model.device(),
                model.precision(),
                model.users().size(),
                model.items().size(),
                model.histories().size(),
                model.settings(),
                model.blend(),
                model.metrics());
    }

    private ServedModel served() {
        return models.serving().getFirst().model();
    }

    private EncodedAnswer cached(AnswerKey key) {
        long start = System.nanoTime();
        AnswerCache.Given given = counted(key.version(), () -> cache.get(key));
        EncodedAnswer answer = given.answer();
        answered(answer.kind(), given.origin(), key.version(), start);
        return answer;
    }

    private void answered(AnswerKind kind, AnswerOrigin origin, String version, long start) {
        listener.answered(kind, version);
        listener.answerTook(origin, version, Duration.ofNanos(System.nanoTime() - start));
    }

    private <T> T counted(String version, Supplier<T> work) {
        try {
            return work.get();
        } catch (RecommendationsUnavailableException e) {
            listener.unavailable(e.reason());
            throw e;
        } catch (UnknownItemException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            listener.failed(version);
            throw e;
        }
    }
}
