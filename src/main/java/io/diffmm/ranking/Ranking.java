package io.diffmm.ranking;

import java.util.Arrays;

/// Rows and their scores, best first.
///
/// A row is an item's number; scores order the rows of one ranking and do not compare across models.
public final class Ranking {

    private static final Ranking EMPTY = new Ranking(new int[0], new float[0]);

    private final int[] rows;
    private final float[] scores;

    /// A ranking of `rows`.
    ///
    /// @param rows best first; taken over
    /// @param scores of each row, none higher than the one before; taken over
    /// @throws IllegalArgumentException if there are not as many scores as rows
    public Ranking(int[] rows, float[] scores) {
        if (rows.length != scores.length) {
            throw new IllegalArgumentException("%d rows, %d scores".formatted(rows.length, scores.length));
        }
        this.rows = rows;
        this.scores = scores;
    }

    /// The ranking without rows.
    public static Ranking empty() {
        return EMPTY;
    }

    /// The best `count` rows, or all if there are not more.
    public Ranking first(int count) {
        return count >= size() ? this : new Ranking(Arrays.copyOf(rows, count), Arrays.copyOf(scores, count));
    }

    /// How many rows are ranked.
    public int size() {
        return rows.length;
    }

    /// The row at a place; the best is at place 0.
    public int row(int place) {
        return rows[place];
    }

    /// The score at a place.
    public float score(int place) {
        return scores[place];
    }

    /// The rows, best first; a copy.
    public int[] rows() {
        return rows.clone();
    }

    /// The scores, best first; a copy.
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
