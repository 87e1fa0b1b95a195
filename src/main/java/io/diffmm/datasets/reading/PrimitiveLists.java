package io.diffmm.datasets.reading;

import java.util.Arrays;

/// Growable lists of primitive numbers, without boxing.
final class PrimitiveLists {

    private static final int INITIAL_CAPACITY = 1024;
    private static final int MAX_CAPACITY = Integer.MAX_VALUE - 8; // maximum length of an array

    private PrimitiveLists() {}

    private static int grown(int capacity) {
        return (int) Math.min(2L * capacity, MAX_CAPACITY);
    }

    /// Growable list of `int`.
    static final class IntList {

        private int[] values = new int[INITIAL_CAPACITY];
        private int size;

        void add(int value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, grown(size));
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

    /// Growable list of `long`.
    static final class LongList {

        private long[] values = new long[INITIAL_CAPACITY];
        private int size;

        void add(long value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, grown(size));
            }
            values[size++] = value;
        }

        long get(int index) {
            return values[index];
        }
    }
}
