package io.diffmm.datasets;

/// What a store of live interactions gave to a dataset, and what it took from the files beside it.
///
/// @param interactions live interactions used, duplicates among them
/// @param unknownItems live interactions left out, the item being none of the catalogue
/// @param removed interactions of the files left out, the user having taken the item back
/// @param erased interactions of the files left out, the user having been erased
public record LiveNotes(int interactions, int unknownItems, int removed, int erased) {

    static LiveNotes of(SourceCounts live, SourceCounts files) {
        return new LiveNotes(live.kept(), live.unknownItems(), files.removed(), files.erased());
    }
}
