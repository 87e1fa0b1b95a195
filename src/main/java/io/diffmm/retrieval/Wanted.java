package io.diffmm.retrieval;

import io.diffmm.ranking.SparseScores;
import java.util.BitSet;

/// What is asked of a search.
///
/// @param excluded items that are not ranked; shared, not to be written to
/// @param count how many items are wanted
/// @param added what comes to the products of some items
public record Wanted(BitSet excluded, int count, SparseScores added) {

    /// By the products alone.
    public Wanted(BitSet excluded, int count) {
        this(excluded, count, SparseScores.NONE);
    }
}
