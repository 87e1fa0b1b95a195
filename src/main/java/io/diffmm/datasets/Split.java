package io.diffmm.datasets;

/// How interactions are divided into those to train on and those, each user's newest, to validate on.
public sealed interface Split {

    /// Everybody with two or more items keeps the newest for validation.
    record LeaveLastOut() implements Split {}

    /// The newest interactions of all are for validation; so times must compare from user to user.
    ///
    /// @param validShare of all interactions, above 0 and below 1
    record ByTime(double validShare) implements Split {

        public ByTime {
            if (!(validShare > 0 && validShare < 1)) {
                throw new IllegalArgumentException(
                        "the share to validate on is %s; it is above 0 and below 1".formatted(validShare));
            }
        }
    }
}
