package io.diffmm.recommendation;

import java.time.Duration;

/// Hears what it took to answer. Called by the threads that compute and answer, so it must be quick and must not throw.
public interface RecommendationListener {

    /// One step of a computation has taken this long.
    void stageTook(Stage stage, Duration duration);

    /// An answer, computed or from the cache, is about to be returned.
    void answered(Recommendations answer);

    /// The steps of a computation in their order.
    enum Stage {
        /// Collecting the user's history.
        HISTORY,
        /// Waiting for the computing thread.
        QUEUE,
        /// From the history to one score for each item: reverse diffusion and embeddings.
        DIFFUSION,
        /// Choosing the best items.
        RANKING
    }
}
