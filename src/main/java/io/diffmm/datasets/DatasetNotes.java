package io.diffmm.datasets;

/// What a reader of a dataset found and what it left out.
///
/// @param users users with train interactions
/// @param items items of the catalogue
/// @param trainInteractions train interactions kept
/// @param validInteractions valid interactions kept
/// @param duplicates interactions dropped, of both files, the same user and item standing before in the file
/// @param validUnknownItems valid interactions left out, the item being none of the catalogue
/// @param validAlreadyInTrain valid interactions left out, standing in train too
/// @param validUsersWithoutHistory users of valid that train does not have
/// @param itemsWithoutInteractions items of the catalogue that nobody has in train
public record DatasetNotes(
        int users,
        int items,
        int trainInteractions,
        int validInteractions,
        int duplicates,
        int validUnknownItems,
        int validAlreadyInTrain,
        int validUsersWithoutHistory,
        int itemsWithoutInteractions) {}
