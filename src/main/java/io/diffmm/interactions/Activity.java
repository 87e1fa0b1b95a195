package io.diffmm.interactions;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Contents of the store for one user.
///
/// @param live the user's items, newest first, each once with its latest interaction
/// @param removed items that the user has removed; interactions with them in a model artifact do not count
/// @param erased whether the user was erased; no interaction in a model artifact counts then
public record Activity(List<LiveItem> live, Set<String> removed, boolean erased) {

    /// Activity of a user who is not in the store.
    public static final Activity NONE = new Activity(List.of(), Set.of(), false);

    /// Item and the time of the user's latest interaction with it.
    public record LiveItem(String itemId, Instant occurredAt) {}

    public Activity {
        live = List.copyOf(live);
        removed = Set.copyOf(removed);
    }

    /// The reads of the store that histories need.
    public interface Store {

        /// Returns the part of a user's activity that counts.
        ///
        /// @throws InteractionsUnavailableException if the store is unavailable
        Activity activity(String userId);

        /// Returns what [#activity] would return, if that is known. Does not access the database.
        Optional<Activity> known(String userId);

        /// Returns whether this replica has learned that a user was erased. Does not access the database.
        boolean erased(String userId);

        /// Returns whether changes of other replicas are being received. If not, cached answers must expire soon.
        boolean current();
    }
}
