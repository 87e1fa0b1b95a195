package io.diffmm.runtime;

import io.diffmm.retrieval.Precision;
import io.diffmm.retrieval.SearchSettings;
import java.time.Duration;

/// How to compute with a model.
///
/// @param device `auto`, `cpu`, `gpu` or `gpu:N`
/// @param precision in which all items are searched: `auto`, `float32`, `bfloat16` or `int8`
/// @param indexFrom catalogues of so many items or more are searched over their index, where they have one
/// @param indexWidth candidates that a search over an index multiplies exactly
/// @param probeInterval how often the recall of an index is measured
/// @param threads that compute on a processor; 0 for as many as it has cores. A GPU has one
/// @param queueCapacity requests that may wait; one more is refused
/// @param maxBatch requests computed at once
/// @param timeout how long a request may wait before it is given up
public record RuntimeSettings(
        String device,
        String precision,
        int indexFrom,
        int indexWidth,
        Duration probeInterval,
        int threads,
        int queueCapacity,
        int maxBatch,
        Duration timeout) {

    /// The number of threads, or `cores` if none is set.
    int threadsOr(int cores) {
        return threads > 0 ? threads : cores;
    }

    /// How items are searched.
    ///
    /// @throws IllegalArgumentException if there is no such precision
    SearchSettings search() {
        return new SearchSettings(Precision.parse(precision), indexFrom, indexWidth);
    }
}
