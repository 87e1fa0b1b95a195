package io.diffmm.datasets;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// The items of the demo dataset: their kind in each modality, their popularity, their features.
///
/// An item's look and mood follow its category in half of all cases, and are drawn evenly in the others; so each
/// modality says something that the others do not. Items of the same three kinds form a cell.
final class DemoItems {

    private static final double FOLLOWS_CATEGORY = 0.5;
    private static final double POPULARITY_SPREAD = 0.5; // standard deviation of the log of popularity
    private static final double FEATURE_NOISE = 0.6; // beside centres of standard deviation 1
    private static final DemoModality[] MODALITIES = DemoModality.values();

    private final long featureSeed;
    private final int[][] kinds; // [modalities][items]
    private final double[] popularity; // [items]
    private final int[] byCell; // [items], cell by cell
    private final int[] cellOffsets; // [cells + 1]
    private final double[] popularitySums; // [items + 1], running over `byCell`

    DemoItems(int items, SplittableRandom random) {
        this.featureSeed = random.nextLong();
        this.kinds = new int[MODALITIES.length][items];
        this.popularity = new double[items];
        for (int item = 0; item < items; item++) {
            int category = random.nextInt(DemoModality.TEXTUAL.kinds());
            for (DemoModality modality : MODALITIES) {
                kinds[modality.place()][item] = kind(modality, category, random);
            }
            popularity[item] = Math.exp(POPULARITY_SPREAD * random.nextGaussian());
        }
        this.byCell = IntStream.range(0, items)
                .boxed()
                .sorted((left, right) -> Integer.compare(cell(left), cell(right)))
                .mapToInt(Integer::intValue)
                .toArray();
        this.cellOffsets = cellOffsets();
        this.popularitySums = new double[items + 1];
        for (int at = 0; at < items; at++) {
            popularitySums[at + 1] = popularitySums[at] + popularity[byCell[at]];
        }
    }

    private static int kind(DemoModality modality, int category, SplittableRandom random) {
        if (modality == DemoModality.TEXTUAL) {
            return category;
        }
        boolean follows = random.nextDouble() < FOLLOWS_CATEGORY;
        return follows ? category % modality.kinds() : random.nextInt(modality.kinds());
    }

    private int[] cellOffsets() {
        int[] offsets = new int[cells() + 1];
        for (int item : byCell) {
            offsets[cell(item) + 1]++;
        }
        Arrays.parallelPrefix(offsets, Integer::sum);
        return offsets;
    }

    int size() {
        return popularity.length;
    }

    int kind(DemoModality modality, int item) {
        return kinds[modality.place()][item];
    }

    int category(int item) {
        return kind(DemoModality.TEXTUAL, item);
    }

    double popularity(int item) {
        return popularity[item];
    }

    /// How many cells there can be.
    static int cells() {
        return Arrays.stream(MODALITIES).mapToInt(DemoModality::kinds).reduce(1, (left, right) -> left * right);
    }

    /// The kind, in one modality, of all items of a cell.
    static int kindOfCell(DemoModality modality, int cell) {
        int rest = cell;
        for (int at = MODALITIES.length - 1; at > modality.place(); at--) {
            rest /= MODALITIES[at].kinds();
        }
        return rest % modality.kinds();
    }

    private int cell(int item) {
        int cell = 0;
        for (DemoModality modality : MODALITIES) {
            cell = cell * modality.kinds() + kind(modality, item);
        }
        return cell;
    }

    /// The popularity of all items of a cell together.
    double cellPopularity(int cell) {
        return popularitySums[cellOffsets[cell + 1]] - popularitySums[cellOffsets[cell]];
    }

    /// Draws an item of a cell that has some, in proportion to popularity.
    int draw(int cell, SplittableRandom random) {
        int begin = cellOffsets[cell];
        int end = cellOffsets[cell + 1];
        double point = popularitySums[begin] + random.nextDouble() * cellPopularity(cell);
        int found = Arrays.binarySearch(popularitySums, begin, end, point);
        return byCell[Math.clamp(found >= 0 ? found : -found - 2, begin, end - 1)];
    }

    /// What a modality says of all items: the centre of the item's kind, and noise.
    FeatureMatrix features(DemoModality modality) {
        var random = new SplittableRandom(featureSeed + modality.place());
        int columns = modality.columns();
        double[] centres = new double[modality.kinds() * columns];
        Arrays.setAll(centres, at -> random.nextGaussian());
        float[] values = new float[Math.multiplyExact(size(), columns)];
        for (int at = 0; at < values.length; at++) {
            int kind = kind(modality, at / columns);
            values[at] = (float) (centres[kind * columns + at % columns] + FEATURE_NOISE * random.nextGaussian());
        }
        return new FeatureMatrix(modality.name().toLowerCase(Locale.ROOT), size(), columns, values);
    }
}
