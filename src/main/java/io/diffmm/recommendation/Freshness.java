package io.diffmm.recommendation;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.diffmm.deployment.DeploymentEvents.DeploymentListener;
import io.diffmm.deployment.Models.ServedVersion;
import io.diffmm.interactions.InteractionsListener;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Keeps answers from outliving the histories and the versions that they rest on.
///
/// Answers are cached for a [UserState], and every change of a history begins a new one. So an answer that was begun
/// before a change, and ends after it, is found by nobody. A state lasts as long as there are answers for it.
final class Freshness implements InteractionsListener, DeploymentListener {

    private final AsyncCache<AnswerKey, EncodedAnswer> answers;
    private final Cache<String, UserState> states =
            Caffeine.newBuilder().weakValues().build();

    Freshness(AsyncCache<AnswerKey, EncodedAnswer> answers) {
        this.answers = answers;
    }

    /// The key of the answer to a user as the user is now.
    AnswerKey key(String version, String userId, RecommendationQuery query) {
        UserState state = states.get(userId, UserState::new);
        var key = new AnswerKey.ForUser(version, state, query);
        state.ask(key);
        return key;
    }

    @Override
    public void changed(Collection<String> userIds) {
        for (String user : userIds) {
            UserState old = states.asMap().remove(user);
            if (old != null) {
                old.asked().forEach(answers.asMap()::remove);
            }
        }
    }

    /// Answers of versions that are not served any more are never asked for again.
    @Override
    public void serving(List<ServedVersion> versions) {
        Set<String> served =
                versions.stream().map(version -> version.model().version()).collect(Collectors.toSet());
        answers.asMap().keySet().removeIf(key -> !served.contains(key.version()));
    }

    @Override
    public void anyMayHaveChanged() {
        states.invalidateAll();
        answers.asMap().keySet().removeIf(AnswerKey.ForUser.class::isInstance);
    }
}
