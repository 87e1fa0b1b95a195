package io.diffmm.linear;

/// Finds numbers by their place in the order of size without sorting (Hoare 1961,
/// <https://doi.org/10.1145/366622.366647>).
final class Selection {

    private Selection() {}

    /// The number that would be at place `rank`, counted from 1, were the first `size` sorted from the greatest down.
    ///
    /// @param values put in another order
    static double greatest(double[] values, int size, int rank) {
        int first = 0;
        int last = size - 1;
        int wanted = rank - 1;
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
            if (wanted <= right) {
                last = right;
            } else if (wanted >= left) {
                first = left;
            } else {
                return pivot;
            }
        }
        return values[wanted];
    }

    private static void swap(double[] values, int left, int right) {
        double value = values[left];
        values[left] = values[right];
        values[right] = value;
    }
}
