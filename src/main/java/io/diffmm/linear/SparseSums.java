package io.diffmm.linear;

/// Sums at a few of many places: what is done with them costs as many steps as there are sums. One thread uses it.
final class SparseSums {

    private final double[] values; // by place, zero where nothing was added
    private final int[] places; // where something was, in the order of first additions
    private final double[] selection;
    private int size;

    /// Room for places from 0 to `capacity - 1`.
    SparseSums(int capacity) {
        values = new double[capacity];
        places = new int[capacity];
        selection = new double[capacity];
    }

    /// Adds to the sum at a place.
    ///
    /// @param value not below zero
    void add(int place, double value) {
        double sum = values[place] + value;
        if (values[place] == 0 && sum > 0) {
            places[size++] = place;
        }
        values[place] = sum;
    }

    /// Adds a row, `weight` times.
    void add(SparseRow row, double weight) {
        for (int at = 0; at < row.size(); at++) {
            add(row.place(at), weight * row.value(at));
        }
    }

    /// The greatest sums; of equal ones those that were begun first. There are none afterwards.
    ///
    /// @param count of sums, at most
    SparseRow drain(int count) {
        int kept = Math.min(size, count);
        double least = kept < size ? least(kept) : 0;
        int ties = kept - above(least);
        int[] keptPlaces = new int[kept];
        float[] keptValues = new float[kept];
        int next = 0;
        for (int at = 0; at < size; at++) {
            double value = values[places[at]];
            if (value > least || (value == least && ties-- > 0)) {
                keptPlaces[next] = places[at];
                keptValues[next++] = (float) value;
            }
            values[places[at]] = 0;
        }
        size = 0;
        return new SparseRow(keptPlaces, keptValues);
    }

    private int above(double least) {
        int above = 0;
        for (int at = 0; at < size; at++) {
            above += values[places[at]] > least ? 1 : 0;
        }
        return above;
    }

    private double least(int count) {
        for (int at = 0; at < size; at++) {
            selection[at] = values[places[at]];
        }
        return Selection.greatest(selection, size, count);
    }
}
