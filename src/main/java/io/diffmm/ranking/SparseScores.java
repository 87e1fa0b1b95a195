package io.diffmm.ranking;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

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

    /// Returns the vector with the scores of all rows.
    ///
    /// @param dense score of each row; those that are not zero become entries
    public static SparseScores of(double[] dense) {
        int[] rows = new int[dense.length];
        double[] scores = new double[dense.length];
        int size = 0;
        for (int row = 0; row < dense.length; row++) {
            rows[size] = row;
            scores[size] = dense[row];
            size += dense[row] == 0 ? 0 : 1; // no branch, which could not be predicted
        }
        return new SparseScores(Arrays.copyOf(rows, size), Arrays.copyOf(scores, size));
    }

    /// Returns `this + weight * others`.
    public SparseScores plus(SparseScores others, double weight) {
        if (others.size() == 0) {
            return this;
        }
        int[] all = new int[rows.length + others.rows.length];
        double[] sums = new double[all.length];
        int size = 0;
        int left = 0;
        int right = 0;
        while (left < rows.length || right < others.rows.length) {
            int leftRow = left < rows.length ? rows[left] : Integer.MAX_VALUE;
            int rightRow = right < others.rows.length ? others.rows[right] : Integer.MAX_VALUE;
            all[size] = Math.min(leftRow, rightRow);
            sums[size++] = (leftRow <= rightRow ? scores[left++] : 0)
                    + (rightRow <= leftRow ? weight * others.scores[right++] : 0);
        }
        return new SparseScores(Arrays.copyOf(all, size), Arrays.copyOf(sums, size));
    }

    /// Returns the vector of the results of a function of each score.
    ///
    /// @param function function that maps zero to zero
    public SparseScores map(DoubleUnaryOperator function) {
        double[] results = new double[scores.length];
        Arrays.setAll(results, at -> function.applyAsDouble(scores[at]));
        return new SparseScores(rows, results);
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
