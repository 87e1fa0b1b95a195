package io.diffmm.model;

/// A question to a model: what the scores of some items rest on, for a history.
public final class ExplanationQuery {

    private final UserHistory history;
    private final int[] items;
    private final int mostLeftOut;

    /// Asks for the scores that `history` gives to `items`.
    ///
    /// @param history not empty
    /// @param items their rows; shared, not to be written to
    /// @param mostLeftOut how many items of the history are left out in turn at most, the newest ones; each
    /// costs as much as one more user
    /// @throws IllegalArgumentException if the history is empty, or no item may be left out
    public ExplanationQuery(UserHistory history, int[] items, int mostLeftOut) {
        if (history.items().length == 0) {
            throw new IllegalArgumentException("the history is empty, so no score rests on it");
        }
        if (mostLeftOut < 1) {
            throw new IllegalArgumentException("mostLeftOut is %d; need at least 1".formatted(mostLeftOut));
        }
        this.history = history;
        this.items = items;
        this.mostLeftOut = mostLeftOut;
    }

    public UserHistory history() {
        return history;
    }

    /// The rows of the items whose scores are explained; not to be written to.
    public int[] items() {
        return items;
    }

    public int mostLeftOut() {
        return mostLeftOut;
    }
}
