package io.diffmm.linear;

import io.diffmm.ranking.SparseScores;
import java.util.Arrays;

/// Sums at a few of many items: a table with open addresses, so that neither room nor time grow with the catalogue.
final class LinkSums {

    private static final int FREE = -1;

    private final int[] items; // by place in the table
    private final double[] sums;
    private final int shift;

    /// Room for the sums of `most` items, fewer than 2^28.
    LinkSums(int most) {
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(2 * Math.max(most, 1));
        items = new int[1 << bits];
        sums = new double[1 << bits];
        shift = Integer.SIZE - bits;
        Arrays.fill(items, FREE);
    }

    /// Adds to an item's sum.
    void add(int item, double value) {
        int place = place(item);
        items[place] = item;
        sums[place] += value;
    }

    /// Where the item is, or could be.
    private int place(int item) {
        int place = (item * 0x9E3779B9) >>> shift; // Fibonacci hashing: neighbours end up far from each other
        while (items[place] != FREE && items[place] != item) {
            place = (place + 1) & (items.length - 1);
        }
        return place;
    }

    /// The sums of the items that something was added to.
    SparseScores scores() {
        int[] found = Arrays.stream(items).filter(item -> item != FREE).sorted().toArray();
        return new SparseScores(
                found,
                Arrays.stream(found).mapToDouble(item -> sums[place(item)]).toArray());
    }
}
