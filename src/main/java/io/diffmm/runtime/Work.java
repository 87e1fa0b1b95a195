package io.diffmm.runtime;

import java.util.List;

/// What a computing thread does next.
sealed interface Work {

    /// A part of a batch that another thread has taken.
    record Part(Runnable part) implements Work {}

    /// Requests to answer together, at least one.
    record Batch(List<Request<?>> requests) implements Work {
        public Batch {
            requests = List.copyOf(requests);
        }
    }
}
