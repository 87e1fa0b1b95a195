package io.diffmm.recommendation;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.diffmm.deployment.DeploymentEvents.DeploymentListener;
import io.diffmm.deployment.ServedModels.ServedVersion;
import io.diffmm.interactions.InteractionsListener;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// Creates the keys of cached answers, and invalidates answers when a user's history or the served version changes.
///
/// Answers are cached for a [HistoryVersion], and every change of a history begins a new one. An answer whose
/// computation started before a change and ends after it is therefore never found. A history version is kept as long as
/// there are answers for it.
final class CacheInvalidator implements InteractionsListener, DeploymentListener {

    /// Key of a cached answer: everything that the answer depends on.
    sealed interface AnswerKey {

        /// Version of the model; answers of another version are never used.
        String version();

        /// Recommendations for one user.
        record UserKey(String version, HistoryVersion history, RecommendationQuery query) implements AnswerKey {}

        /// Items similar to one item.
        record ItemKey(String version, String itemId, int limit) implements AnswerKey {}
    }

    /// History of a user between two changes, with the keys of the answers that depend on it.
    ///
    /// Two history versions are never equal, even of the same user and the same items.
    static final class HistoryVersion {

        private final String userId;
        private final Set<AnswerKey> keys = ConcurrentHashMap.newKeySet(2);

        HistoryVersion(String userId) {
            this.userId = userId;
        }

        String userId() {
            return userId;
        }

        /// Adds a key under which an answer may be cached.
        void add(AnswerKey key) {
            keys.add(key);
        }

        /// Removes a key under which an answer is no longer cached.
        void forget(AnswerKey key) {
            keys.remove(key);
        }

        /// Keys under which answers may be cached.
        Set<AnswerKey> keys() {
            return keys;
        }
    }

    private final AsyncCache<AnswerKey, EncodedAnswer> answers;
    private final Cache<String, HistoryVersion> histories =
            Caffeine.newBuilder().weakValues().build();

    CacheInvalidator(AsyncCache<AnswerKey, EncodedAnswer> answers) {
        this.answers = answers;
    }

    /// Returns the key of the answer to a user with the current history.
    AnswerKey key(String version, String userId, RecommendationQuery query) {
        HistoryVersion history = histories.get(userId, HistoryVersion::new);
        var key = new AnswerKey.UserKey(version, history, query);
        history.add(key);
        return key;
    }

    @Override
    public void changed(Collection<String> userIds) {
        for (String user : userIds) {
            HistoryVersion old = histories.asMap().remove(user);
            if (old != null) {
                old.keys().forEach(answers.asMap()::remove);
            }
        }
    }

    /// Removes the answers of versions that are no longer served, which no request can find.
    @Override
    public void serving(List<ServedVersion> versions) {
        Set<String> served =
                versions.stream().map(version -> version.model().version()).collect(Collectors.toSet());
        answers.asMap().keySet().removeIf(key -> !served.contains(key.version()));
    }

    @Override
    public void anyMayHaveChanged() {
        histories.invalidateAll();
        answers.asMap().keySet().removeIf(AnswerKey.UserKey.class::isInstance);
    }
}
