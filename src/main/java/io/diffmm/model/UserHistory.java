package io.diffmm.model;

import java.util.OptionalInt;

/// History of a user: everything that a model needs to rank items.
public final class UserHistory {

    private final OptionalInt user;
    private final int[] items;

    /// @param user row of a user of the training data; empty for any other user
    /// @param items rows, oldest first, without duplicates; shared, read-only
    public UserHistory(OptionalInt user, int[] items) {
        this.user = user;
        this.items = items;
    }

    public OptionalInt user() {
        return user;
    }

    /// Items of the history, oldest first; read-only.
    public int[] items() {
        return items;
    }

    /// Returns the same user without one item.
    ///
    /// @param index of the item; the oldest has index 0
    public UserHistory without(int index) {
        int[] others = new int[items.length - 1];
        System.arraycopy(items, 0, others, 0, index);
        System.arraycopy(items, index + 1, others, index, others.length - index);
        return new UserHistory(user, others);
    }
}
