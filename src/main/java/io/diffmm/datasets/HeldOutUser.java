package io.diffmm.datasets;

import java.util.OptionalInt;

/// One user's held-out items.
///
/// The items are shared, not copied; nobody writes to them.
public final class HeldOutUser {

    private final OptionalInt row;
    private final String id;
    private final int[] items;

    /// Items of one user.
    ///
    /// @throws IllegalArgumentException if there are none
    public HeldOutUser(OptionalInt row, String id, int[] items) {
        if (items.length == 0) {
            throw new IllegalArgumentException("user %s has no held-out item".formatted(id));
        }
        this.row = row;
        this.id = id;
        this.items = items;
    }

    /// The user's row in the train matrix; empty for a user without history.
    public OptionalInt row() {
        return row;
    }

    public String id() {
        return id;
    }

    /// Rows of the items, oldest first, each once; not to be written to.
    public int[] items() {
        return items;
    }
}
