package io.diffmm.recommendation;

import io.diffmm.deployment.ServedModels;
import io.diffmm.deployment.ServedModels.ModelLease;
import io.diffmm.recommendation.CacheInvalidator.AnswerKey;
import io.diffmm.recommendation.RecommendationListener.AnswerOrigin;
import io.diffmm.recommendation.RecommendationsUnavailableException.UnavailableReason;
import io.diffmm.runtime.ModelRuntime;
import io.diffmm.runtime.ModelRuntime.ServedModel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Item recommendations for users and sessions, and similar items.
///
/// A history is ranked by the model, an empty one by popularity. Answers to users and items are cached.
public final class RecommendationService {

    private final ServedModels models;
    private final RecommendationPipeline pipeline;
    private final AnswerCache cache;
    private final CacheInvalidator invalidator;
    private final RecommendationListener listener;

    RecommendationService(
            ServedModels models,
            RecommendationPipeline pipeline,
            AnswerCache cache,
            CacheInvalidator invalidator,
            RecommendationListener listener) {
        this.models = models;
        this.pipeline = pipeline;
        this.cache = cache;
        this.invalidator = invalidator;
        this.listener = listener;
    }

    /// Recommends items to a user; a user without a history receives popular items.
    ///
    /// @return the encoded answer, from the cache if possible
    /// @throws RecommendationsUnavailableException if the answer cannot be computed in time
    public EncodedAnswer recommend(String userId, RecommendationQuery query) {
        ModelLease lease = models.forUser(userId);
        AnswerKey key = keyFor(lease, () -> invalidator.key(lease.version(), userId, query));
        return counted(key.version(), () -> cache.get(key, lease));
    }

    /// Recommends items to a session. The answer is not cached.
    ///
    /// @param history item ids, oldest first; unknown and repeated items are ignored
    /// @throws RecommendationsUnavailableException if the answer cannot be computed in time
    public Recommendations recommend(List<String> history, RecommendationQuery query) {
        long start = System.nanoTime();
        try (ModelLease lease = models.current()) {
            Recommendations answer = counted(lease.version(), () -> forSession(lease.runtime(), history, query));
            listener.answered(answer.kind(), lease.version());
            listener.answerTook(AnswerOrigin.COMPUTED, lease.version(), Duration.ofNanos(System.nanoTime() - start));
            return answer;
        }
    }

    private Recommendations forSession(ModelRuntime runtime, List<String> history, RecommendationQuery query) {
        try {
            return pipeline.forSession(runtime, history, query);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new RecommendationsUnavailableException(UnavailableReason.CLOSING);
        }
    }

    /// Finds the items most similar to an item.
    ///
    /// @return the encoded answer, from the cache if possible
    /// @throws UnknownItemException if the model does not contain the item
    /// @throws RecommendationsUnavailableException if the answer cannot be computed in time
    public EncodedAnswer similar(String itemId, int limit) {
        ModelLease lease = models.current();
        AnswerKey key = keyFor(lease, () -> new AnswerKey.ItemKey(lease.version(), itemId, limit));
        return counted(key.version(), () -> cache.get(key, lease));
    }

    /// Creates a key, and closes the lease if that fails: a lease that stays open would keep its version from closing.
    private static AnswerKey keyFor(ModelLease lease, Supplier<AnswerKey> key) {
        try {
            return key.get();
        } catch (RuntimeException | Error e) {
            lease.close();
            throw e;
        }
    }

    /// Returns ids of users that the current version was trained on, at most `max`.
    public List<String> trainedUsers(int max) {
        List<String> users = served().users().ids();
        return users.subList(0, Math.min(max, users.size()));
    }

    /// Removes all answers from the cache.
    public void clearCache() {
        cache.answers().synchronous().invalidateAll();
    }

    /// Returns the version of the model that computed the answer with this id; empty if this replica has not served
    /// that version recently.
    public Optional<String> versionOf(String recommendationId) {
        return Optional.of(AnswerIds.version(recommendationId)).filter(models::served);
    }

    /// Returns the number of distinct items that the model does not contain.
    public int unknown(List<String> itemIds) {
        ServedModel model = served();
        return (int) itemIds.stream()
                .distinct()
                .filter(item -> model.items().row(item).isEmpty())
                .count();
    }

    /// Describes the current version.
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

    /// Reports a failure to the listener. A request for an unknown item is the client's mistake.
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

    /// Description of the loaded model.
    ///
    /// @param device device that it computes on, for example `cpu`
    /// @param precision precision of the item scan; several if searches differ
    /// @param interactions number of training interactions
    /// @param settings hyper-parameters
    /// @param blend weights that combine the views of a user into one score; empty if one view ranks alone
    /// @param metrics held-out metrics by ranker (`model`, `popularity`), then by name
    public record ModelDescription(
            String name,
            String version,
            String family,
            Instant created,
            String device,
            String precision,
            int users,
            int items,
            int interactions,
            Map<String, Object> settings,
            Map<String, Object> blend,
            Map<String, Map<String, Double>> metrics) {}

    /// Thrown when items similar to an item are requested that the model does not contain.
    public static final class UnknownItemException extends RuntimeException {

        private static final long serialVersionUID = 1;

        public UnknownItemException(String itemId) {
            super("The model does not know the item '%s'.".formatted(itemId));
        }
    }
}
