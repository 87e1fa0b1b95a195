package io.diffmm.runtime;

import io.diffmm.runtime.OverloadedException.DropReason;
import java.time.Duration;

/// Callbacks for metrics and traces of inference.
///
/// Computing threads and callers invoke them, so implementations must be thread-safe, quick, and must not throw.
public interface RuntimeListener {

    /// Starts a trace of one request, on the caller's thread.
    default RequestTrace follow() {
        return RequestTrace.none();
    }

    /// A batch of `size` requests was computed.
    default void batchComputed(int size) {}

    /// One stage of a batch was computed.
    ///
    /// @param stage for example `diffusion`
    default void stageComputed(String stage, Duration duration) {}

    /// A computing thread took a request from the queue after `duration`.
    default void waited(Duration duration) {}

    /// A request was dropped before or, if its caller had gone, after its computation.
    default void dropped(DropReason reason) {}

    /// A search over an index was compared with an exhaustive one.
    ///
    /// @param recall share of the exhaustive result that the index found, in `[0, 1]`
    default void indexProbed(double recall) {}

    /// Returns a listener that ignores all events.
    static RuntimeListener none() {
        return new RuntimeListener() {};
    }

    /// Trace of one request through its stages.
    ///
    /// Computing threads invoke it, so implementations must be quick and must not throw.
    @FunctionalInterface
    interface RequestTrace {

        /// A stage of the request ran between two times of [System#nanoTime].
        void stage(String name, long start, long end);

        /// Returns a trace that ignores all stages.
        static RequestTrace none() {
            return (_, _, _) -> {};
        }
    }
}
