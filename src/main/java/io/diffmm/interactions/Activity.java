package io.diffmm.interactions;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/// What the store knows of one user.
///
/// @param live what they did, newest first, each item once and at its newest
/// @param removed items that they have taken back: what an artifact says of them does not count
/// @param erased whether they were erased: what an artifact says of them does not count at all
public record Activity(List<Live> live, Set<String> removed, boolean erased) {

    /// Somebody of whom the store knows nothing.
    public static final Activity NONE = new Activity(List.of(), Set.of(), false);

    /// An item, and when the user last did something with it.
    public record Live(String itemId, Instant occurredAt) {}

    public Activity {
        live = List.copyOf(live);
        removed = Set.copyOf(removed);
    }
}
