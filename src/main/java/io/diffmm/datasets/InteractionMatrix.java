package io.diffmm.datasets;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// Interactions as a binary sparse matrix `[users, items]` in compressed sparse rows (CSR).
///
/// Columns within a row keep the order in which they were given, oldest interaction first; a column occurs at
/// most once in a row. Immutable.
public final class InteractionMatrix {

    private final int columns;
    private final int[] offsets; // [rows + 1]
    private final int[] items; // [interactions], row by row

    private InteractionMatrix(int columns, int[] offsets, int[] items) {
        this.columns = columns;
        this.offsets = offsets;
        this.items = items;
    }

    /// Creates a matrix from the items of each user, oldest first.
    ///
    /// @throws IllegalArgumentException if an item is not in `[0, columns)` or occurs twice in a row
    public static InteractionMatrix of(int columns, List<int[]> rows) {
        int[] offsets = new int[rows.size() + 1];
        for (int row = 0; row < rows.size(); row++) {
            offsets[row + 1] = Math.addExact(offsets[row], rows.get(row).length);
        }
        int[] items = new int[offsets[rows.size()]];
        for (int row = 0; row < rows.size(); row++) {
            System.arraycopy(rows.get(row), 0, items, offsets[row], rows.get(row).length);
        }
        return ofCompressed(columns, offsets, items);
    }

    /// Creates a matrix from its compressed form: the items of row `r` are `items[offsets[r] .. offsets[r + 1])`.
    ///
    /// @param offsets `[rows + 1]`
    /// @param items `[interactions]`
    /// @throws IllegalArgumentException if the arrays do not describe such a matrix
    public static InteractionMatrix ofCompressed(int columns, int[] offsets, int[] items) {
        if (offsets.length == 0 || offsets[0] != 0 || offsets[offsets.length - 1] != items.length) {
            throw new IllegalArgumentException(
                    "offsets do not run from 0 to the number of interactions, %d".formatted(items.length));
        }
        int[] lastRow = new int[columns]; // last row in which a column was found
        Arrays.fill(lastRow, -1);
        for (int row = 0; row < offsets.length - 1; row++) {
            if (offsets[row + 1] < offsets[row]) {
                throw new IllegalArgumentException("offsets fall after row %d".formatted(row));
            }
            for (int at = offsets[row]; at < offsets[row + 1]; at++) {
                int item = items[Objects.checkIndex(at, items.length)];
                requireNewColumn(item, row, lastRow);
                lastRow[item] = row;
            }
        }
        return new InteractionMatrix(columns, offsets.clone(), items.clone());
    }

    private static void requireNewColumn(int item, int row, int[] lastRow) {
        if (item < 0 || item >= lastRow.length) {
            throw new IllegalArgumentException(
                    "item %d of row %d is not below %d".formatted(item, row, lastRow.length));
        }
        if (lastRow[item] == row) {
            throw new IllegalArgumentException("item %d occurs twice in row %d".formatted(item, row));
        }
    }

    public int rows() {
        return offsets.length - 1;
    }

    public int columns() {
        return columns;
    }

    /// Total number of interactions.
    public int size() {
        return items.length;
    }

    /// Returns the items of one user, oldest first.
    public int[] row(int row) {
        return Arrays.copyOfRange(items, offsets[row], offsets[row + 1]);
    }

    /// Returns the position in [#items()] at which a row begins.
    ///
    /// @param row row in `[0, rows]`; for `rows` the result is the end of the last row
    int offset(int row) {
        return offsets[row];
    }

    /// Returns the number of items of one user.
    public int rowLength(int row) {
        return offsets[row + 1] - offsets[row];
    }

    /// Returns the number of users of each item, `[columns]`.
    public int[] columnCounts() {
        int[] counts = new int[columns];
        for (int item : items) {
            counts[item]++;
        }
        return counts;
    }

    /// Returns the number of items without users.
    public int emptyColumns() {
        return (int) Arrays.stream(columnCounts()).filter(count -> count == 0).count();
    }

    /// Returns the transposed matrix, `[items, users]`; the users of an item are in the order of their rows.
    public InteractionMatrix transposed() {
        int[] counts = columnCounts();
        int[] starts = new int[columns + 1];
        for (int item = 0; item < columns; item++) {
            starts[item + 1] = starts[item] + counts[item];
        }
        int[] users = new int[items.length];
        int[] next = starts.clone();
        for (int row = 0; row < rows(); row++) {
            for (int at = offsets[row]; at < offsets[row + 1]; at++) {
                users[next[items[at]]++] = row;
            }
        }
        return new InteractionMatrix(rows(), starts, users);
    }

    /// Returns a copy of the row offsets, `[rows + 1]`.
    public int[] offsets() {
        return offsets.clone();
    }

    /// Returns a copy of the items of all rows, row by row, `[interactions]`.
    public int[] items() {
        return items.clone();
    }
}
