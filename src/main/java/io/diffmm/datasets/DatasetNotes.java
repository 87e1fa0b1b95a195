package io.diffmm.datasets;

import java.util.Optional;

/// What a reader of a dataset found and what it left out.
///
/// @param users users with train interactions
/// @param items items of the catalogue
/// @param trainInteractions train interactions kept
/// @param validInteractions valid interactions kept
/// @param duplicates interactions dropped, the same user and item standing before: in the same file, or
///     anywhere if the reader made the split
/// @param validUnknownItems valid interactions left out, the item being none of the catalogue
/// @param validAlreadyInTrain valid interactions left out, standing in train too
/// @param validUsersWithoutHistory users of valid that train does not have; left out if the reader made
///     the split
/// @param itemsWithoutInteractions items of the catalogue that nobody has in train
/// @param live what a store of live interactions did; absent without one
public record DatasetNotes(
        int users,
        int items,
        int trainInteractions,
        int validInteractions,
        int duplicates,
        int validUnknownItems,
        int validAlreadyInTrain,
        int validUsersWithoutHistory,
        int itemsWithoutInteractions,
        Optional<LiveNotes> live) {

    /// Notes of files alone.
    public DatasetNotes(
            int users,
            int items,
            int trainInteractions,
            int validInteractions,
            int duplicates,
            int validUnknownItems,
            int validAlreadyInTrain,
            int validUsersWithoutHistory,
            int itemsWithoutInteractions) {
        this(
                users,
                items,
                trainInteractions,
                validInteractions,
                duplicates,
                validUnknownItems,
                validAlreadyInTrain,
                validUsersWithoutHistory,
                itemsWithoutInteractions,
                Optional.empty());
    }
}
