package io.diffmm.retrieval;

import java.util.Optional;

/// Settings of item searches.
///
/// @param precision precision of scans; empty for those that suit the processor
/// @param indexFrom minimum number of items from which an index is used, if the model has one
/// @param indexWidth number of candidates that a search over an index scores exactly; more raise recall and take
///     longer
public record SearchSettings(Optional<Precision> precision, int indexFrom, int indexWidth) {

    /// Default minimum number of items from which an index is built and used.
    public static final int INDEX_FROM = 200_000;

    /// Default width of a search over an index.
    public static final int INDEX_WIDTH = 512;

    public SearchSettings {
        if (indexFrom < 1 || indexWidth < 1) {
            throw new IllegalArgumentException(
                    "index from %d items, width %d; both must be at least 1".formatted(indexFrom, indexWidth));
        }
    }

    /// Returns the default settings: scans in the precisions that suit the processor, indexes for large
    /// catalogues.
    public static SearchSettings defaults() {
        return new SearchSettings(Optional.empty(), INDEX_FROM, INDEX_WIDTH);
    }

    /// Returns these settings with a precision of scans.
    public SearchSettings with(Precision chosen) {
        return new SearchSettings(Optional.of(chosen), indexFrom, indexWidth);
    }

    /// Returns settings without indexes.
    public static SearchSettings scans(Optional<Precision> precision) {
        return new SearchSettings(precision, Integer.MAX_VALUE, INDEX_WIDTH);
    }
}
