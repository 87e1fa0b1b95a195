package io.diffmm.report;

import io.diffmm.evaluation.CountRange;
import java.util.ArrayList;
import java.util.List;

/// How often counts of each size occur, in bins that double: 0, 1, 2-3, 4-7, 8-15 and so on, as counts of people and
/// items have long tails.
public record Histogram(List<Bin> bins) {

    /// One bar.
    ///
    /// @param count how many of the numbers lie in the range
    public record Bin(String label, int count) {}

    public Histogram {
        bins = List.copyOf(bins);
    }

    /// The histogram of some counts.
    public static Histogram of(int[] counts) {
        int[] sizes = new int[Integer.SIZE + 1];
        int last = -1;
        for (int count : counts) {
            int bin = Integer.SIZE - Integer.numberOfLeadingZeros(count);
            sizes[bin]++;
            last = Math.max(last, bin);
        }
        List<Bin> bins = new ArrayList<>();
        for (int bin = sizes[0] > 0 ? 0 : 1; bin <= last; bin++) {
            bins.add(new Bin(range(bin).label(), sizes[bin]));
        }
        return new Histogram(bins);
    }

    private static CountRange range(int bin) {
        return bin == 0
                ? new CountRange(0, 0)
                : new CountRange(1 << (bin - 1), (int) Math.min(Integer.MAX_VALUE, (1L << bin) - 1));
    }
}
