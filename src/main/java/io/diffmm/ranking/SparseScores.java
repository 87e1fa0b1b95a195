package io.diffmm.ranking;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/// Sparse vector of scores: the scores of some rows; the score of every other row is zero. Immutable.
public final class SparseScores {

    /// The zero vector.
    public static final SparseScores NONE = new SparseScores(new int[0], new double[0]);

    private final int[] rows;
    private final double[] scores;

    /// Creates a vector that owns the arrays.
    ///
    /// @param rows rows in strictly ascending order; not copied
    /// @param scores score of each row; not copied
    /// @throws IllegalArgumentException if the lengths differ, or the rows do not ascend
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

    /// Returns `this + weight * others`.
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

    /// Returns the vector of the results of a function of each score.
    ///
    /// @param function function that maps zero to zero
    public SparseScores map(DoubleUnaryOperator function) {
        return new SparseScores(
                rows, Arrays.stream(scores).map(function).toArray());
    }

    /// Returns the number of entries.
    public int size() {
        return rows.length;
    }

    /// Returns the row of entry `at`; rows ascend.
    public int row(int at) {
        return rows[at];
    }

    /// Returns the score of entry `at`.
    public double score(int at) {
        return scores[at];
    }

    /// Returns the score of a row, zero if it has no entry.
    public double of(int row) {
        int at = Arrays.binarySearch(rows, row);
        return at < 0 ? 0 : scores[at];
    }
}
