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

    /// The same user without the item at a place, the oldest being at place 0.
    public UserHistory without(int place) {
        int[] others = new int[items.length - 1];
        System.arraycopy(items, 0, others, 0, place);
        System.arraycopy(items, place + 1, others, place, others.length - place);
        return new UserHistory(user, others);
    }
}
