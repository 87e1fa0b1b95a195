package io.diffmm.datasets;

/// Reads the timestamps of one source, one after the other, into a whole and billionths that order
/// them.
sealed interface Timestamps permits TimestampParser, TickTimestamps {

    /// Reads one value; [#whole()] and [#billionths()] are its own until the next.
    ///
    /// @throws RowRefusal if it is no timestamp, or of another form than those before
    void parse(String text);

    long whole();

    int billionths();

    /// Whether the values so far were points in time, whole seconds since 1970, and so compare with
    /// those of others.
    boolean pointsInTime();

    /// Refuses a value that is missing.
    static void requirePresent(String text) {
        if (text.isBlank()) {
            throw new RowRefusal("timestamp is empty; every row needs one, or take the column away");
        }
    }
}
