package io.diffmm.linear;

import io.diffmm.ranking.SparseScores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.stream.IntStream;

/// Accumulator of sums at a few of many indexes. Not thread-safe.
sealed interface SparseAccumulator {

    /// Adds to the sum at an index.
    void add(int index, double value);

    /// Hash table with open addressing: time and memory depend on the number of sums, not on the catalogue. For one
    /// result per request.
    final class Hashed implements SparseAccumulator {

        private static final int FREE = -1;

        private final int[] indexes; // by slot of the table
        private final double[] sums;
        private final int shift;

        /// Creates an accumulator of at most `capacity` sums, fewer than 2^28.
        Hashed(int capacity) {
            int bits = Integer.SIZE - Integer.numberOfLeadingZeros(2 * Math.max(capacity, 1));
            indexes = new int[1 << bits];
            sums = new double[1 << bits];
            shift = Integer.SIZE - bits;
            Arrays.fill(indexes, FREE);
        }

        @Override
        public void add(int index, double value) {
            int slot = slot(index);
            indexes[slot] = index;
            sums[slot] += value;
        }

        /// Returns the slot of an index, or the free slot for it.
        private int slot(int index) {
            int slot = (index * 0x9E3779B9) >>> shift; // Fibonacci hashing separates neighbouring indexes
            while (indexes[slot] != FREE && indexes[slot] != index) {
                slot = (slot + 1) & (indexes.length - 1);
            }
            return slot;
        }

        /// Returns all sums, including those that are zero.
        SparseScores scores() {
            int[] found = Arrays.stream(indexes)
                    .filter(index -> index != FREE)
                    .sorted()
                    .toArray();
            return new SparseScores(
                    found,
                    Arrays.stream(found).mapToDouble(index -> sums[slot(index)]).toArray());
        }
    }

    /// Array of all indexes with a list of those in use, to be emptied and reused: [#drain] takes time proportional
    /// to the number of sums. For many results one after the other.
    final class Dense implements SparseAccumulator {

        private final double[] values; // by index, zero where nothing was added
        private final int[] indexes; // in use, in the order of first additions
        private final double[] selection;
        private int size;

        /// Creates an accumulator of indexes from 0 to `capacity - 1`.
        Dense(int capacity) {
            values = new double[capacity];
            indexes = new int[capacity];
            selection = new double[capacity];
        }

        /// Adds to the sum at an index.
        ///
        /// @param value zero or positive
        @Override
        public void add(int index, double value) {
            double sum = values[index] + value;
            if (values[index] == 0 && sum > 0) {
                indexes[size++] = index;
            }
            values[index] = sum;
        }

        /// Adds `weight` times a row.
        void add(SparseRow row, double weight) {
            for (int at = 0; at < row.size(); at++) {
                add(row.index(at), weight * row.value(at));
            }
        }

        /// Removes all sums and returns the largest; ties go to the sum that was started first.
        ///
        /// @param count maximum number of entries of the row
        SparseRow drain(int count) {
            int kept = Math.min(size, count);
            double threshold = kept < size ? threshold(kept) : 0;
            int ties = kept - above(threshold);
            int[] keptIndexes = new int[kept];
            float[] keptValues = new float[kept];
            int next = 0;
            for (int at = 0; at < size; at++) {
                double value = values[indexes[at]];
                if (value > threshold || (value == threshold && ties-- > 0)) {
                    keptIndexes[next] = indexes[at];
                    keptValues[next++] = (float) value;
                }
                values[indexes[at]] = 0;
            }
            size = 0;
            return new SparseRow(keptIndexes, keptValues);
        }

        private int above(double threshold) {
            int above = 0;
            for (int at = 0; at < size; at++) {
                above += values[indexes[at]] > threshold ? 1 : 0;
            }
            return above;
        }

        private double threshold(int count) {
            for (int at = 0; at < size; at++) {
                selection[at] = values[indexes[at]];
            }
            return largest(selection, size, count);
        }

        /// Returns the value at position `rank` (from 1) of the first `size` values in descending order, by
        /// quickselect (Hoare 1961, <https://doi.org/10.1145/366622.366647>).
        ///
        /// @param values reordered by the call
        static double largest(double[] values, int size, int rank) {
            int first = 0;
            int last = size - 1;
            int target = rank - 1;
            while (first < last) {
                double pivot = values[(first + last) >>> 1];
                int left = first;
                int right = last;
                while (left <= right) {
                    while (values[left] > pivot) {
                        left++;
                    }
                    while (values[right] < pivot) {
                        right--;
                    }
                    if (left <= right) {
                        swap(values, left++, right--);
                    }
                }
                if (target <= right) {
                    last = right;
                } else if (target >= left) {
                    first = left;
                } else {
                    return pivot;
                }
            }
            return values[target];
        }

        private static void swap(double[] values, int left, int right) {
            double value = values[left];
            values[left] = values[right];
            values[right] = value;
        }
    }

    /// Non-zero entries of a matrix row. Immutable; the arrays are shared with the caller, not copied.
    final class SparseRow {

        private static final SparseRow EMPTY = new SparseRow(new int[0], new float[0]);

        private final int[] indexes;
        private final float[] values;

        SparseRow(int[] indexes, float[] values) {
            this.indexes = indexes;
            this.values = values;
        }

        static SparseRow empty() {
            return EMPTY;
        }

        int size() {
            return indexes.length;
        }

        int index(int at) {
            return indexes[at];
        }

        float value(int at) {
            return values[at];
        }
    }

    /// Threads that compute sparse rows. A row depends on its number only, not on the thread that computes it.
    final class RowWorkers implements AutoCloseable {

        /// Number of rows per task, which share one accumulator; small enough that threads finish together.
        private static final int BATCH = 256;

        private final int columns;
        private final int width;
        private final ForkJoinPool pool;

        /// Starts the threads.
        ///
        /// @param width maximum number of entries kept per row, the largest
        RowWorkers(int columns, int width, int threads) {
            this.columns = columns;
            this.width = width;
            this.pool = new ForkJoinPool(threads);
        }

        /// Computes the rows from 0 to `count - 1`.
        List<SparseRow> compute(int count, RowSums row) {
            List<ForkJoinTask<List<SparseRow>>> batches = IntStream.range(0, Math.ceilDiv(count, BATCH))
                    .mapToObj(batch -> pool.submit(() -> batch(batch * BATCH, count, row)))
                    .toList();
            List<SparseRow> rows = new ArrayList<>(count);
            batches.forEach(batch -> rows.addAll(batch.join()));
            return rows;
        }

        private List<SparseRow> batch(int from, int count, RowSums row) {
            Dense sums = new Dense(columns);
            List<SparseRow> rows = new ArrayList<>();
            for (int at = from; at < Math.min(count, from + BATCH); at++) {
                row.sum(at, sums);
                rows.add(sums.drain(width));
            }
            return rows;
        }

        @Override
        public void close() {
            pool.close();
        }

        /// Adds up a row.
        @FunctionalInterface
        interface RowSums {

            /// Adds the entries of row `row` to an empty accumulator.
            void sum(int row, Dense sums);
        }
    }
}
