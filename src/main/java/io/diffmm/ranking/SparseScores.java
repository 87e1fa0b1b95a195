package io.diffmm.ranking;

import java.util.Arrays;
import java.util.stream.IntStream;

/// Scores of some rows; that of every other row is zero. Immutable, as nobody writes to its arrays.
public final class SparseScores {

    /// No score.
    public static final SparseScores NONE = new SparseScores(new int[0], new double[0]);

    private final int[] rows;
    private final double[] scores;

    /// The scores of some rows.
    ///
    /// @param rows in ascending order, none twice; taken over
    /// @param scores one for each; taken over
    /// @throws IllegalArgumentException if there are not as many of both, or the rows do not ascend
    public SparseScores(int[] rows, double[] scores) {
        if (rows.length != scores.length) {
            throw new IllegalArgumentException("%d rows have %d scores".formatted(rows.length, scores.length));
        }
        for (int at = 1; at < rows.length; at++) {
            if (rows[at - 1] >= rows[at]) {
                throw new IllegalArgumentException("row %d follows row %d".formatted(rows[at], rows[at - 1]));
            }
        }
        this.rows = rows;
        this.scores = scores;
    }

    /// The sum of these scores and others.
    ///
    /// @param weight of the others
    public SparseScores plus(SparseScores others, double weight) {
        if (others.size() == 0) {
            return this;
        }
        int[] all = IntStream.concat(Arrays.stream(rows), Arrays.stream(others.rows))
                .sorted()
                .distinct()
                .toArray();
        return new SparseScores(
                all,
                Arrays.stream(all)
                        .mapToDouble(row -> of(row) + weight * others.of(row))
                        .toArray());
    }

    /// How many rows have one.
    public int size() {
        return rows.length;
    }

    /// The row of entry `at`; they ascend.
    public int row(int at) {
        return rows[at];
    }

    /// The score of entry `at`.
    public double score(int at) {
        return scores[at];
    }

    /// The score of a row, zero if it has none.
    public double of(int row) {
        int at = Arrays.binarySearch(rows, row);
        return at < 0 ? 0 : scores[at];
    }
}
