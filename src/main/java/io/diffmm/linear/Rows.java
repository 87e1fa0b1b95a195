package io.diffmm.linear;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.stream.IntStream;

/// Makes sparse rows, several at a time. A row depends on nothing but its number, whoever makes it.
final class Rows implements AutoCloseable {

    /// Rows that share memory for their sums: few enough that threads end together.
    private static final int BATCH = 256;

    private final int columns;
    private final int width;
    private final ForkJoinPool pool;

    /// Threads that make rows.
    ///
    /// @param width the greatest numbers that are kept of a row
    Rows(int columns, int width, int threads) {
        this.columns = columns;
        this.width = width;
        this.pool = new ForkJoinPool(threads);
    }

    /// Makes rows from 0 to `count - 1`.
    List<SparseRow> make(int count, RowSums row) {
        List<ForkJoinTask<List<SparseRow>>> batches = IntStream.range(0, Math.ceilDiv(count, BATCH))
                .mapToObj(batch -> pool.submit(() -> batch(batch * BATCH, count, row)))
                .toList();
        List<SparseRow> rows = new ArrayList<>(count);
        batches.forEach(batch -> rows.addAll(batch.join()));
        return rows;
    }

    private List<SparseRow> batch(int from, int count, RowSums row) {
        SparseSums sums = new SparseSums(columns);
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

    /// Sums up a row.
    @FunctionalInterface
    interface RowSums {

        /// Adds what row `row` holds to empty sums.
        void sum(int row, SparseSums sums);
    }
}
