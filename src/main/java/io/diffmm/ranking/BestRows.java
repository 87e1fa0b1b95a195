package io.diffmm.ranking;

import java.util.Arrays;

/// The best of the rows that are offered, up to a number of them.
///
/// A bounded heap whose root is the worst row kept so far, so a row that is not among the best costs one comparison:
/// `O(n + m log k)` for n rows offered of which m enter the heap. Equal scores are ordered by the lower row, which
/// makes every answer reproducible.
public final class BestRows {

    private final int[] rows;
    private final double[] scores;
    private int size;

    /// An empty heap.
    ///
    /// @param capacity how many rows are kept
    /// @throws IllegalArgumentException if it is negative
    public BestRows(int capacity) {
        if (capacity < 0) {
            throw new IllegalArgumentException("k is %d, not 0 or more".formatted(capacity));
        }
        rows = new int[capacity];
        scores = new double[capacity];
    }

    /// Whether as many rows are kept as may be.
    public boolean isFull() {
        return size == rows.length;
    }

    /// The score that a row has to exceed to be kept once the heap is full: the worst one that is kept. Minus infinity
    /// while there is room.
    public double threshold() {
        if (!isFull()) {
            return Double.NEGATIVE_INFINITY;
        }
        return rows.length == 0 ? Double.POSITIVE_INFINITY : scores[0];
    }

    /// Keeps a row if it is among the best.
    ///
    /// @throws IllegalArgumentException if the score is not a number
    public void offer(int row, double score) {
        if (Double.isNaN(score)) {
            throw new IllegalArgumentException("score of row %d is not a number".formatted(row));
        }
        if (size < rows.length) {
            siftUp(size++, row, score);
        } else if (rows.length > 0 && isWorse(rows[0], scores[0], row, score)) {
            siftDown(size, row, score);
        }
    }

    /// Empties the heap.
    ///
    /// @return what was kept, best first
    public Ranking drain() {
        int[] best = new int[size];
        float[] values = new float[size];
        while (size > 0) {
            size--;
            best[size] = rows[0];
            values[size] = (float) scores[0];
            siftDown(size, rows[size], scores[size]);
        }
        return new Ranking(best, values);
    }

    private void siftUp(int from, int row, double score) {
        int at = from;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (!isWorse(row, score, rows[parent], scores[parent])) {
                break;
            }
            place(at, rows[parent], scores[parent]);
            at = parent;
        }
        place(at, row, score);
    }

    /// Puts a row in the place of the root of the first `count` entries.
    private void siftDown(int count, int row, double score) {
        if (count == 0) {
            return;
        }
        int at = 0;
        int child = 1;
        while (child < count) {
            if (child + 1 < count && isWorse(rows[child + 1], scores[child + 1], rows[child], scores[child])) {
                child++;
            }
            if (!isWorse(rows[child], scores[child], row, score)) {
                break;
            }
            place(at, rows[child], scores[child]);
            at = child;
            child = 2 * at + 1;
        }
        place(at, row, score);
    }

    private void place(int at, int row, double score) {
        rows[at] = row;
        scores[at] = score;
    }

    private static boolean isWorse(int row, double score, int other, double otherScore) {
        return score < otherScore || (score == otherScore && row > other);
    }

    @Override
    public String toString() {
        return Arrays.toString(Arrays.copyOf(rows, size)) + " " + Arrays.toString(Arrays.copyOf(scores, size));
    }
}
