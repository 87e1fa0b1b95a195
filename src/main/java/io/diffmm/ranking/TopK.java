package io.diffmm.ranking;

import java.util.BitSet;

/// Chooses the best of many scored rows.
///
/// One pass over the scores with a bounded heap whose root is the worst row kept so far, so a row that is not among the
/// best costs one comparison: `O(n + m log k)` for `m` rows that enter the heap. Equal scores are ordered by the lower
/// row, which makes every answer reproducible.
public final class TopK {

    private TopK() {}

    /// The rows of the `k` highest scores with their scores; see [#best].
    public static Ranking ranking(float[] scores, BitSet excluded, int k) {
        int[] rows = best(scores, excluded, k);
        float[] values = new float[rows.length];
        for (int place = 0; place < rows.length; place++) {
            values[place] = scores[rows[place]];
        }
        return new Ranking(rows, values);
    }

    /// The rows of the `k` highest scores, best first; fewer if fewer rows are left.
    ///
    /// @param scores one score a row, higher is better
    /// @param excluded rows to leave out
    /// @throws IllegalArgumentException if `k` is negative or a score is not a number
    public static int[] best(float[] scores, BitSet excluded, int k) {
        if (k < 0) {
            throw new IllegalArgumentException("k is %d, not 0 or more".formatted(k));
        }
        int[] heap = new int[Math.min(k, scores.length)];
        int size = 0;
        float worst = Float.NEGATIVE_INFINITY;
        for (int row = 0; row < scores.length; row++) {
            float score = scores[row];
            if (size == heap.length && score <= worst) {
                continue;
            }
            requireNumber(score, row);
            if (heap.length == 0 || excluded.get(row)) {
                continue;
            }
            if (size < heap.length) {
                siftUp(scores, heap, size++, row);
            } else {
                siftDown(scores, heap, size, row);
            }
            worst = scores[heap[0]];
        }
        return bestFirst(scores, heap, size);
    }

    private static void requireNumber(float score, int row) {
        if (Float.isNaN(score)) {
            throw new IllegalArgumentException("score of row %d is not a number".formatted(row));
        }
    }

    /// Empties the heap, worst row first, into an array from its end.
    private static int[] bestFirst(float[] scores, int[] heap, int size) {
        int[] rows = new int[size];
        for (int left = size; left > 0; left--) {
            rows[left - 1] = heap[0];
            siftDown(scores, heap, left - 1, heap[left - 1]);
        }
        return rows;
    }

    private static void siftUp(float[] scores, int[] heap, int from, int row) {
        int at = from;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (!isWorse(scores, row, heap[parent])) {
                break;
            }
            heap[at] = heap[parent];
            at = parent;
        }
        heap[at] = row;
    }

    /// Puts `row` in the place of the root of the first `size` entries.
    private static void siftDown(float[] scores, int[] heap, int size, int row) {
        int at = 0;
        int child = 1;
        while (child < size) {
            if (child + 1 < size && isWorse(scores, heap[child + 1], heap[child])) {
                child++;
            }
            if (!isWorse(scores, heap[child], row)) {
                break;
            }
            heap[at] = heap[child];
            at = child;
            child = 2 * at + 1;
        }
        if (size > 0) {
            heap[at] = row;
        }
    }

    private static boolean isWorse(float[] scores, int row, int other) {
        return scores[row] < scores[other] || (scores[row] == scores[other] && row > other);
    }
}
