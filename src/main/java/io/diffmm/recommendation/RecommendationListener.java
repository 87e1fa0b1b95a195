package io.diffmm.recommendation;

import io.diffmm.recommendation.Recommendations.AnswerKind;
import io.diffmm.recommendation.RecommendationsUnavailableException.UnavailableReason;
import io.diffmm.runtime.RuntimeListener.RequestTrace;
import java.time.Duration;

/// Callback for request metrics and traces.
///
/// Called by the threads that compute and answer, so implementations must be quick and must not throw.
public interface RecommendationListener {

    /// Called when a user's history has been collected.
    void historyTook(Duration duration);

    /// Starts to trace a request; called by the thread that processes it.
    RequestTrace follow();

    /// Called before an answer is returned, computed or from the cache.
    ///
    /// @param version version of the model that computed it
    void answered(AnswerKind kind, String version);

    /// Called with the duration of such an answer.
    void answerTook(AnswerOrigin origin, String version, Duration duration);

    /// Called before a request is refused.
    void unavailable(UnavailableReason reason);

    /// Called when an answer fails for another reason than an invalid request.
    ///
    /// @param version version of the model that should have computed it
    void failed(String version);

    /// Called when a stale answer is requested, and when its refresh ends.
    void refresh(RefreshEvent event);

    /// Origin of an answer.
    enum AnswerOrigin {
        /// Found in the cache.
        CACHED,

        /// Computed for this request, or for another one that this request joined.
        COMPUTED
    }

    /// State of the refresh of a stale answer.
    enum RefreshEvent {
        /// The answer is being computed again.
        STARTED,
        /// The new answer has replaced the old one.
        SUCCEEDED,
        /// The computation failed; the next request for the answer starts another one.
        FAILED,
        /// The maximum number of refreshes is running.
        REFUSED
    }
}
