package io.diffmm.linear;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Random item-item models for tests.
public final class RandomItemItemModels {

    private RandomItemItemModels() {}

    /// Returns a model of `size` items, some of them without links; half of the models have no negative
    /// links.
    public static ItemItemModel of(int size, SplittableRandom random) {
        return of(size, size, random);
    }

    /// Returns a model of `size` items with fewer than `links` links each.
    static ItemItemModel of(int size, int links, SplittableRandom random) {
        int[] offsets = new int[size + 1];
        List<Integer> items = new ArrayList<>();
        for (int item = 0; item < size; item++) {
            int own = item;
            random.ints(0, size)
                    .filter(other -> other != own)
                    .limit(size < 2 ? 0 : random.nextInt(links))
                    .distinct()
                    .forEach(items::add);
            offsets[item + 1] = items.size();
        }
        double shift = random.nextBoolean() ? 0.2 : 0;
        float[] weights = new float[items.size()];
        for (int at = 0; at < weights.length; at++) {
            weights[at] = (float) (random.nextDouble() - shift);
        }
        return new ItemItemModel(
                offsets, items.stream().mapToInt(Integer::intValue).toArray(), weights);
    }
}
