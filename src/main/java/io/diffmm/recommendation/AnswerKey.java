package io.diffmm.recommendation;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Key of a cached answer: everything that the answer depends on.
sealed interface AnswerKey {

    /// Version of the model; answers of another version are never used.
    String version();

    /// Recommendations for one user.
    record ForUser(String version, HistoryVersion history, RecommendationQuery query) implements AnswerKey {}

    /// Items similar to one item.
    record LikeItem(String version, String itemId, int limit) implements AnswerKey {}

    /// History of a user between two changes, with the keys of the answers that rest on it.
    ///
    /// Two history versions are never equal, even of the same user and the same items.
    final class HistoryVersion {

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

        /// Removes a key under which no answer is cached any more.
        void forget(AnswerKey key) {
            keys.remove(key);
        }

        /// Keys under which answers may be cached.
        Set<AnswerKey> keys() {
            return keys;
        }
    }
}
