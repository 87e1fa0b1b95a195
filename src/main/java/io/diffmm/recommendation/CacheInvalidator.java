package io.diffmm.recommendation;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.diffmm.deployment.DeploymentEvents.DeploymentListener;
import io.diffmm.deployment.Models.ServedVersion;
import io.diffmm.interactions.InteractionsListener;
import io.diffmm.recommendation.AnswerKey.HistoryVersion;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Invalidates cached answers when a user's history or the served version changes.
///
/// Answers are cached for a [HistoryVersion], and every change of a history begins a new one. An answer whose
/// computation started before a change and ends after it is therefore never found. A history version lasts as long as
/// there are answers for it.
final class CacheInvalidator implements InteractionsListener, DeploymentListener {

    private final AsyncCache<AnswerKey, EncodedAnswer> answers;
    private final Cache<String, HistoryVersion> histories =
            Caffeine.newBuilder().weakValues().build();

    CacheInvalidator(AsyncCache<AnswerKey, EncodedAnswer> answers) {
        this.answers = answers;
    }

    /// Returns the key of the answer to a user with the present history.
    AnswerKey key(String version, String userId, RecommendationQuery query) {
        HistoryVersion history = histories.get(userId, HistoryVersion::new);
        var key = new AnswerKey.ForUser(version, history, query);
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

    /// Removes the answers of versions that are no longer served; no request finds them any more.
    @Override
    public void serving(List<ServedVersion> versions) {
        Set<String> served =
                versions.stream().map(version -> version.model().version()).collect(Collectors.toSet());
        answers.asMap().keySet().removeIf(key -> !served.contains(key.version()));
    }

    @Override
    public void anyMayHaveChanged() {
        histories.invalidateAll();
        answers.asMap().keySet().removeIf(AnswerKey.ForUser.class::isInstance);
    }
}
