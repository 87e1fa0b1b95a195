package io.diffmm.ranking;

import java.util.Arrays;
import java.util.BitSet;

/// Selection of the rows with the highest scores.
public final class TopK {

    private TopK() {}

    /// Returns the rows of the `k` highest scores, best first; fewer if fewer rows are left. Equal scores are ordered
    /// by ascending row.
    ///
    /// @param scores score of each row; higher is better
    /// @param excluded rows to leave out
    /// @throws IllegalArgumentException if `k` is negative or a score is not a number
    public static int[] best(float[] scores, BitSet excluded, int k) {
        return ranking(scores, excluded, k).rows();
    }

    /// Returns the rows of the `k` highest scores with their scores; see [#best].
    public static Ranking ranking(float[] scores, BitSet excluded, int k) {
        return heap(scores, excluded, k).drain();
    }

    /// Returns the `k`-th highest score, or minus infinity if there are fewer rows; see [#best].
    public static double threshold(float[] scores, BitSet excluded, int k) {
        return heap(scores, excluded, k).threshold();
    }

    private static TopKHeap heap(float[] scores, BitSet excluded, int k) {
        var heap = new TopKHeap(k < 0 ? k : Math.min(k, scores.length));
        boolean full = heap.isFull();
        double threshold = heap.threshold();
        for (int row = 0; row < scores.length; row++) {
            if (full && scores[row] <= threshold) {
                continue; // on a tie, the rows in the heap are lower
            }
            if (!excluded.get(row)) {
                heap.offer(row, scores[row]);
                full = heap.isFull();
                threshold = heap.threshold();
            }
        }
        return heap;
    }

    /// Bounded heap of the `k` best rows offered.
    ///
    /// The root is the worst row in the heap, so a row that is not among the best costs one comparison:
    /// `O(n + m log k)` for n rows offered of which m enter the heap. Equal scores are ordered by ascending
    /// row, which makes the result reproducible. Not thread-safe.
    public static final class TopKHeap {

        private final int[] rows;
        private final double[] scores;
        private int size;

        /// Creates an empty heap.
        ///
        /// @param capacity maximum number of rows, k
        /// @throws IllegalArgumentException if it is negative
        public TopKHeap(int capacity) {
            if (capacity < 0) {
                throw new IllegalArgumentException("k is %d, not 0 or more".formatted(capacity));
            }
            rows = new int[capacity];
            scores = new double[capacity];
        }

        /// Returns whether the heap contains k rows.
        public boolean isFull() {
            return size == rows.length;
        }

        /// Returns the score that a row must exceed to enter the heap: the worst score in a full heap, else
        /// minus infinity.
        public double threshold() {
            if (!isFull()) {
                return Double.NEGATIVE_INFINITY;
            }
            return rows.length == 0 ? Double.POSITIVE_INFINITY : scores[0];
        }

        /// Adds a row if it is among the best.
        ///
        /// @throws UndefinedScoreException if the score is not a number
        public void offer(int row, double score) {
            if (Double.isNaN(score)) {
                throw new UndefinedScoreException(row);
            }
            if (size < rows.length) {
                siftUp(size++, row, score);
            } else if (rows.length > 0 && isWorse(rows[0], scores[0], row, score)) {
                siftDown(size, row, score);
            }
        }

        /// Removes all rows.
        ///
        /// @return the rows, best first
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

        /// Replaces the root of the heap of the first `count` entries.
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

    /// Thrown when a score is not a number, for example because the numbers of a model are too large.
    public static final class UndefinedScoreException extends IllegalArgumentException {

        private static final long serialVersionUID = 1;

        UndefinedScoreException(int row) {
            super("score of row %d is not a number".formatted(row));
        }
    }
}
