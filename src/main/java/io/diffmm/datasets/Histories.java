package io.diffmm.datasets;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What each user of a file interacted with, over items that are known already.
///
/// @param byUser user id to rows of the items, oldest first, each once and not to be written to; users stand by first
///     appearance, those without a known item are missing
/// @param duplicates interactions dropped, the same user and item standing before
/// @param unknownItems interactions left out, the item being none of the catalogue
public record Histories(Map<String, int[]> byUser, int duplicates, int unknownItems) {

    public Histories {
        byUser = Collections.unmodifiableMap(new LinkedHashMap<>(byUser));
    }

    /// The items of a user, oldest first; none for a user that is not here.
    public int[] of(String userId) {
        return byUser.getOrDefault(userId, new int[0]);
    }
}
