package io.diffmm.datasets;

/// What became of the interactions of a source.
///
/// @param kept how many are used
/// @param unknownItems left out, the item being none of those known
/// @param removed left out, the user having taken the item back
/// @param erased left out, the user having been erased
record SourceCounts(int kept, int unknownItems, int removed, int erased) {

    static final SourceCounts NONE = new SourceCounts(0, 0, 0, 0);

    /// How many there were.
    int rows() {
        return kept + unknownItems + removed + erased;
    }

    SourceCounts plus(SourceCounts other) {
        return new SourceCounts(
                kept + other.kept, unknownItems + other.unknownItems, removed + other.removed, erased + other.erased);
    }
}
