package io.diffmm.interactions;

import java.util.Collection;
import java.util.List;

/// Hears what changes in the store. Called by the threads that write, so it must be quick and must not throw.
public interface InteractionsListener {

    /// The histories of these users have changed, here or on another replica.
    default void changed(Collection<String> userIds) {}

    /// These users were erased, here or on another replica; [#changed] follows.
    default void erased(Collection<String> userIds) {}

    /// Any history may have changed: for a while nobody could tell.
    default void anyMayHaveChanged() {}

    /// Interactions were stored by this replica.
    ///
    /// @param recorded how many are new
    /// @param duplicates how many were there already
    /// @param recommendationIds the answers that the new ones name
    default void recorded(int recorded, int duplicates, List<String> recommendationIds) {}

    /// Lines of an import were refused.
    default void rejected(long lines) {}

    /// The database was asked in vain.
    default void unavailable() {}
}
