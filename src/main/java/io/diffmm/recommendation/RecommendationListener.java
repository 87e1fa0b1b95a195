package io.diffmm.recommendation;

import io.diffmm.runtime.RuntimeListener.RequestTrace;
import java.time.Duration;

/// Hears what it took to answer. Called by the threads that compute and answer, so it must be quick and must
/// not throw.
public interface RecommendationListener {

    /// Collecting a user's history has taken this long.
    void historyTook(Duration duration);

    /// Begins to follow a request; called by the thread that asks.
    RequestTrace follow();

    /// An answer, computed or from the cache, is about to be returned.
    ///
    /// @param version of the model that it is of
    void answered(AnswerKind kind, String version);

    /// Such an answer has taken this long.
    void answerTook(AnswerOrigin origin, String version, Duration duration);

    /// A request is about to be refused.
    void unavailable(UnavailableReason reason);

    /// An answer could not be computed, which is not the fault of who asked.
    ///
    /// @param version of the model that was asked
    void failed(String version);

    /// A cached answer past its age was asked for.
    void refresh(RefreshEvent event);
}
