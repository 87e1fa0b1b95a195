package io.diffmm.linear;

import io.diffmm.ranking.Ranking;
import java.util.List;

/// Makes links of every item's best ones.
final class LinkRows {

    private LinkRows() {}

    /// Links in compressed rows.
    ///
    /// @param rows of every item those that it is linked with, and the weights of these links
    /// @throws IllegalArgumentException if there are more links than an array can hold
    static ItemLinks compress(List<Ranking> rows) {
        int[] offsets = offsets(rows);
        int[] items = new int[offsets[rows.size()]];
        float[] weights = new float[items.length];
        int at = 0;
        for (Ranking row : rows) {
            for (int place = 0; place < row.size(); place++) {
                items[at] = row.row(place);
                weights[at++] = row.score(place);
            }
        }
        return new ItemLinks(offsets, items, weights);
    }

    private static int[] offsets(List<Ranking> rows) {
        long links = rows.stream().mapToLong(Ranking::size).sum();
        if (links > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "%,d items have %,d links, more than an array holds; lower links".formatted(rows.size(), links));
        }
        int[] offsets = new int[rows.size() + 1];
        for (int item = 0; item < rows.size(); item++) {
            offsets[item + 1] = offsets[item] + rows.get(item).size();
        }
        return offsets;
    }
}
