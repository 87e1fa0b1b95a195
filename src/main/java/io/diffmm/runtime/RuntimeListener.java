package io.diffmm.runtime;

import java.time.Duration;

/// Hears what the computing threads do. Called by them and by those that ask, so it must be quick and must not
/// throw.
public interface RuntimeListener {

    /// Begins to follow a request; called by the thread that asks.
    default RequestTrace follow() {
        return RequestTrace.none();
    }

    /// A batch of `size` requests was computed.
    default void batchComputed(int size) {}

    /// A stage of a batch, say `diffusion`, took this long.
    default void stageComputed(String stage, Duration duration) {}

    /// A request came to a computing thread after so long.
    default void waited(Duration duration) {}

    /// A request was not computed, or its caller had gone when it was.
    default void dropped(DropReason reason) {}

    /// The index found this share of the best items of a request, from 0 to 1.
    default void indexProbed(double recall) {}

    /// Hears and forgets.
    static RuntimeListener none() {
        return new RuntimeListener() {};
    }
}
