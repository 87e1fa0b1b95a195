package io.diffmm.datasets;

import java.util.Arrays;

/// When the interactions of a matrix happened, in microseconds since 1970 (UTC): one point in time for each, row by row
/// as they stand there, none before the one in front of it. Immutable.
public final class InteractionTimes {

    private final InteractionMatrix interactions;
    private final long[] micros;

    private InteractionTimes(InteractionMatrix interactions, long[] micros) {
        this.interactions = interactions;
        this.micros = micros;
    }

    /// The times of all of a matrix's interactions, one row after the other.
    ///
    /// @throws IllegalArgumentException if they are not as many as those, or fall within a row
    public static InteractionTimes of(InteractionMatrix interactions, long[] micros) {
        if (micros.length != interactions.size()) {
            throw new IllegalArgumentException(
                    "there are %d times of %d interactions".formatted(micros.length, interactions.size()));
        }
        for (int row = 0; row < interactions.rows(); row++) {
            for (int at = interactions.offset(row) + 1; at < interactions.offset(row + 1); at++) {
                if (micros[at] < micros[at - 1]) {
                    throw new IllegalArgumentException("times fall within row %d".formatted(row));
                }
            }
        }
        return new InteractionTimes(interactions, micros.clone());
    }

    /// The times of one user's interactions, oldest first.
    public long[] row(int row) {
        return Arrays.copyOfRange(micros, interactions.offset(row), interactions.offset(row + 1));
    }

    /// A copy of all rows' times, one row after the other.
    public long[] micros() {
        return micros.clone();
    }
}
