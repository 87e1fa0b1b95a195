package io.diffmm.runtime;

/// Follows one request through its stages. Called by computing threads, so it must be quick and must not throw.
@FunctionalInterface
public interface RequestTrace {

    /// A stage of the request took from one time to another, by [System#nanoTime].
    void stage(String name, long start, long end);

    /// Follows nothing.
    static RequestTrace none() {
        return (_, _, _) -> {};
    }
}
