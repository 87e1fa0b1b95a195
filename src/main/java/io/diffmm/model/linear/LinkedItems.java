package io.diffmm.model.linear;

import java.util.Arrays;

/// The items that a history is linked with, and what it says of each; of all others it says nothing, which is zero.
///
/// Immutable, as nobody writes to its arrays.
public final class LinkedItems {

    /// Nothing.
    public static final LinkedItems NONE = new LinkedItems(new int[0], new double[0]);

    private final int[] items; // ascending
    private final double[] scores;

    private LinkedItems(int[] items, double[] scores) {
        this.items = items;
        this.scores = scores;
    }

    /// What a history says: the weighted mean of its items' links.
    ///
    /// @param history items without duplicates, at least one
    /// @param weights of the items of the history
    public static LinkedItems of(ItemLinks links, int[] history, double[] weights) {
        int total = Arrays.stream(history).map(links::links).sum();
        long[] order = new long[total]; // the linked item, then which link it is: sums are always made in one order
        double[] values = new double[total];
        int[] next = {0};
        for (int at = 0; at < history.length; at++) {
            double share = weights[at] / history.length;
            links.forEach(history[at], (item, weight) -> {
                order[next[0]] = (long) item << Integer.SIZE | next[0];
                values[next[0]++] = share * weight;
            });
        }
        Arrays.sort(order);
        return summed(order, values);
    }

    private static LinkedItems summed(long[] order, double[] values) {
        int[] items = new int[order.length];
        double[] scores = new double[order.length];
        int size = 0;
        for (long entry : order) {
            int item = (int) (entry >>> Integer.SIZE);
            if (size == 0 || items[size - 1] != item) {
                items[size++] = item;
            }
            scores[size - 1] += values[(int) entry];
        }
        return new LinkedItems(Arrays.copyOf(items, size), Arrays.copyOf(scores, size));
    }

    /// What is said of an item; zero if it is not linked.
    public double score(int item) {
        int at = Arrays.binarySearch(items, item);
        return at < 0 ? 0 : scores[at];
    }

    /// The linked items, in ascending order; not to be written to.
    public int[] items() {
        return items;
    }

    /// What is said of each; not to be written to.
    public double[] scores() {
        return scores;
    }

    /// How many items are linked.
    public int size() {
        return items.length;
    }
}
