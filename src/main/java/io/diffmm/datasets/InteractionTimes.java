package io.diffmm.datasets;

import java.util.Arrays;

/// Times of the interactions of a matrix, in microseconds since 1970 (UTC), in the order of the matrix: row by row,
/// never decreasing within a row. Immutable.
public final class InteractionTimes {

    private final InteractionMatrix interactions;
    private final long[] micros; // [interactions], row by row

    private InteractionTimes(InteractionMatrix interactions, long[] micros) {
        this.interactions = interactions;
        this.micros = micros;
    }

    /// Assigns times to all interactions of a matrix.
    ///
    /// @param micros microseconds since 1970, `[interactions]`, row by row
    /// @throws IllegalArgumentException if the number of times differs from that of the interactions, or times
    ///     decrease within a row
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

    /// Returns the times of one user's interactions, oldest first.
    public long[] row(int row) {
        return Arrays.copyOfRange(micros, interactions.offset(row), interactions.offset(row + 1));
    }

    /// Returns a copy of all times, row by row.
    public long[] micros() {
        return micros.clone();
    }
}
