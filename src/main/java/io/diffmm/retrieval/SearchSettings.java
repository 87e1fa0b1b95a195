package io.diffmm.retrieval;

import java.util.Optional;

/// How items are searched.
///
/// @param precision of scans; empty for whatever is fastest
/// @param indexFrom catalogues of so many items or more are searched over their index, where they have one
/// @param indexWidth candidates that a search over an index multiplies exactly; more find more and take longer
public record SearchSettings(Optional<Precision> precision, int indexFrom, int indexWidth) {

    /// Size of a catalogue from which an index is built and used, unless configured otherwise.
    public static final int INDEX_FROM = 200_000;

    /// Width of a search over an index, unless configured otherwise.
    public static final int INDEX_WIDTH = 512;

    public SearchSettings {
        if (indexFrom < 1 || indexWidth < 1) {
            throw new IllegalArgumentException(
                    "index from %d items, width %d; need at least 1".formatted(indexFrom, indexWidth));
        }
    }

    /// Scans in the fastest precision, indexes where catalogues are large.
    public static SearchSettings usual() {
        return new SearchSettings(Optional.empty(), INDEX_FROM, INDEX_WIDTH);
    }

    /// The same, scanning in a precision.
    public SearchSettings with(Precision chosen) {
        return new SearchSettings(Optional.of(chosen), indexFrom, indexWidth);
    }

    /// Scans only.
    public static SearchSettings scans(Optional<Precision> precision) {
        return new SearchSettings(precision, Integer.MAX_VALUE, INDEX_WIDTH);
    }
}
