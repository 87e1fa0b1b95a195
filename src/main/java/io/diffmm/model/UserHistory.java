package io.diffmm.model;

import java.util.OptionalInt;

/// All that a model needs to know of somebody to rank items.
public final class UserHistory {

    private final OptionalInt user;
    private final int[] items;

    /// The history of `user`, or of somebody whom the model was not trained on.
    ///
    /// @param user the row of a trained user; empty for anybody else
    /// @param items oldest first, without duplicates; shared, not to be written to
    public UserHistory(OptionalInt user, int[] items) {
        this.user = user;
        this.items = items;
    }

    public OptionalInt user() {
        return user;
    }

    /// The items of the history, oldest first; not to be written to.
    public int[] items() {
        return items;
    }
}
