package io.diffmm.datasets;

import java.util.Optional;

/// Counts of what a dataset contains and of the interactions that its reader dropped.
///
/// @param users users with training interactions
/// @param items items of the catalogue
/// @param trainInteractions training interactions kept
/// @param validInteractions validation interactions kept
/// @param duplicates dropped interactions whose user and item occurred earlier: in the same file, or in any
///     source if the reader made the split
/// @param validUnknownItems dropped validation interactions whose item is not in the catalogue
/// @param validAlreadyInTrain dropped validation interactions that occur in train, too
/// @param validUsersWithoutHistory users of valid without training interactions; dropped if the reader made the
///     split
/// @param itemsWithoutInteractions items of the catalogue without training interactions
/// @param live counts of the database of live interactions; empty without one
public record DatasetCounts(
        int users,
        int items,
        int trainInteractions,
        int validInteractions,
        int duplicates,
        int validUnknownItems,
        int validAlreadyInTrain,
        int validUsersWithoutHistory,
        int itemsWithoutInteractions,
        Optional<LiveCounts> live) {

    /// Counts of a dataset that was read from files alone.
    public DatasetCounts(
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

    /// Counts of the interactions that a database of live interactions added to a dataset and removed from its files.
    ///
    /// @param interactions live interactions used, duplicates included
    /// @param unknownItems dropped live interactions whose item is not in the catalogue
    /// @param removed dropped interactions of the files that their user has removed since
    /// @param erased dropped interactions of the files whose user has been erased since
    public record LiveCounts(int interactions, int unknownItems, int removed, int erased) {}
}
