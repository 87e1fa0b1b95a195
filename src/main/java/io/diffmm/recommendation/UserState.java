package io.diffmm.recommendation;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A user between two changes of the history: what answers are cached for. Two states are never equal.
final class UserState {

    private final String userId;
    private final Set<AnswerKey> asked = ConcurrentHashMap.newKeySet(2);

    UserState(String userId) {
        this.userId = userId;
    }

    String userId() {
        return userId;
    }

    /// Notes that an answer may be cached under `key`.
    void ask(AnswerKey key) {
        asked.add(key);
    }

    /// Notes that there is no answer under `key` any more.
    void forget(AnswerKey key) {
        asked.remove(key);
    }

    /// The keys under which there may be answers.
    Set<AnswerKey> asked() {
        return asked;
    }
}
