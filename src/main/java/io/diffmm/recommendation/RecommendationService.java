package io.diffmm.recommendation;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import io.diffmm.runtime.ModelRuntime;
import io.diffmm.runtime.ServedModel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Answers what to recommend: from a history by the model, without one by popularity.
public final class RecommendationService {

    private final ModelRuntime runtime;
    private final AnswerSource source;
    private final AnswerCache cache;
    private final Freshness freshness;
    private final Waiting waiting;
    private final RecommendationListener listener;

    RecommendationService(
            ModelRuntime runtime,
            AnswerSource source,
            AsyncLoadingCache<AnswerKey, EncodedAnswer> cache,
            Freshness freshness,
            Duration timeout,
            RecommendationListener listener) {
        this.runtime = runtime;
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
        return cached(freshness.key(runtime.model().version(), userId, query));
    }

    /// Items for somebody with this history, oldest item first. Nothing is kept.
    ///
    /// Items that the model does not know are left out, as is every repetition of an item.
    ///
    /// @throws RecommendationsUnavailableException if the answer cannot be computed in time
    public SessionRecommendations recommend(List<String> history, RecommendationQuery query) {
        SessionRecommendations answer = counted(() -> {
            Computation<SessionRecommendations> computation = source.compute(history, query);
            computation.enter();
            return waiting.await(computation);
        });
        Recommendations recommendations = answer.recommendations();
        listener.answered(recommendations.kind(), recommendations.model().version());
        return answer;
    }

    /// The items most like one item, encoded.
    ///
    /// @throws UnknownItemException if the model does not know the item
    /// @throws RecommendationsUnavailableException if the answer cannot be computed in time
    public EncodedAnswer similar(String itemId, int limit) {
        return cached(new AnswerKey.LikeItem(runtime.model().version(), itemId, limit));
    }

    /// The version of the model whose answer has this id; empty if it is no answer of the model that is loaded.
    public Optional<String> versionOf(String recommendationId) {
        String version = AnswerIds.version(recommendationId);
        return version.equals(runtime.model().version()) ? Optional.of(version) : Optional.empty();
    }

    /// How many of some items the model does not know.
    public int unknown(List<String> itemIds) {
        ServedModel model = runtime.model();
        return (int) itemIds.stream()
                .distinct()
                .filter(item -> model.items().row(item).isEmpty())
                .count();
    }

    /// What is loaded.
    public ModelDescription model() {
        ServedModel model = runtime.model();
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

    private EncodedAnswer cached(AnswerKey key) {
        EncodedAnswer answer = counted(() -> cache.get(key));
        listener.answered(answer.kind(), key.version());
        return answer;
    }

    private <T> T counted(Supplier<T> work) {
        try {
            return work.get();
        } catch (RecommendationsUnavailableException e) {
            listener.unavailable(e.reason());
            throw e;
        }
    }
}
