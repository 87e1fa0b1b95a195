package io.diffmm.ranking;

import java.util.Arrays;

/// Rows and their scores, best first. Immutable.
///
/// A row is an item's number. Scores order the rows of one ranking and do not compare across models.
public final class Ranking {

    private static final Ranking EMPTY = new Ranking(new int[0], new float[0]);

    private final int[] rows;
    private final float[] scores;

    /// Creates a ranking that owns the arrays.
    ///
    /// @param rows best first; not copied
    /// @param scores score of each row, in descending order; not copied
    /// @throws IllegalArgumentException if the lengths differ
    public Ranking(int[] rows, float[] scores) {
        if (rows.length != scores.length) {
            throw new IllegalArgumentException("%d rows, %d scores".formatted(rows.length, scores.length));
        }
        this.rows = rows;
        this.scores = scores;
    }

    /// Returns the empty ranking.
    public static Ranking empty() {
        return EMPTY;
    }

    /// Returns the best `count` rows, or all if there are fewer.
    public Ranking first(int count) {
        return count >= size() ? this : new Ranking(Arrays.copyOf(rows, count), Arrays.copyOf(scores, count));
    }

    /// Returns the number of rows.
    public int size() {
        return rows.length;
    }

    /// Returns the row at a place; place 0 is the best.
    public int row(int place) {
        return rows[place];
    }

    /// Returns the score at a place.
    public float score(int place) {
        return scores[place];
    }

    /// Returns a copy of the rows, best first.
    public int[] rows() {
        return rows.clone();
    }

    /// Returns a copy of the scores, best first.
    public float[] scores() {
        return scores.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Ranking that && Arrays.equals(rows, that.rows) && Arrays.equals(scores, that.scores);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(rows) + Arrays.hashCode(scores);
    }

    @Override
    public String toString() {
        return Arrays.toString(rows) + " " + Arrays.toString(scores);
    }
}
