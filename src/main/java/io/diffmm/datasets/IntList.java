package io.diffmm.datasets;

import java.util.Arrays;

/// A growing list of ints.
final class IntList {

    private int[] values = new int[1024];
    private int size;

    void add(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, (int) Math.min(2L * size, Integer.MAX_VALUE - 8));
        }
        values[size++] = value;
    }

    int get(int index) {
        return values[index];
    }

    int size() {
        return size;
    }
}
