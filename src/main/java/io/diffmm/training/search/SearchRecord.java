package io.diffmm.training.search;

import java.util.List;
import java.util.Optional;

/// A search so far: `search.json`.
///
/// @param formatVersion [#FORMAT_VERSION]
/// @param dataset its fingerprint
/// @param seed of the draws, and of each trial's training
/// @param boundSeconds how long the search may take
/// @param best number of the best trial; empty as long as none has a score
public record SearchRecord(
        int formatVersion, String dataset, long seed, double boundSeconds, Optional<Integer> best, List<Trial> trials) {

    /// The form of `search.json`.
    public static final int FORMAT_VERSION = 2;

    public SearchRecord {
        trials = List.copyOf(trials);
    }
}
