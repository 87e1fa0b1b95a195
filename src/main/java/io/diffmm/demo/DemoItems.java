package io.diffmm.demo;

import io.diffmm.datasets.FeatureMatrix;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Items of the demo dataset: their kind in each modality, their popularity and their features.
///
/// An item's visual style and mood follow its category in half of all cases and are drawn uniformly in the others, so
/// each modality contains information that the others lack. Items that share all three kinds form a cell.
final class DemoItems {

    private static final double FOLLOWS_CATEGORY = 0.5;
    private static final double POPULARITY_SPREAD = 0.5; // standard deviation of the logarithm of popularity
    private static final double FEATURE_NOISE = 0.6; // standard deviation; that of the centres is 1
    private static final DemoModality[] MODALITIES = DemoModality.values();

    private final long featureSeed;
    private final int[][] kinds; // [modalities][items]
    private final double[] popularity; // [items]
    private final int[] byCell; // [items], cell by cell
    private final int[] cellOffsets; // [cells + 1]
    private final double[] popularitySums; // [items + 1], prefix sums over `byCell`

    DemoItems(int items, SplittableRandom random) {
        this.featureSeed = random.nextLong();
        this.kinds = new int[MODALITIES.length][items];
        this.popularity = new double[items];
        for (int item = 0; item < items; item++) {
            int category = random.nextInt(DemoModality.TEXTUAL.kinds());
            for (DemoModality modality : MODALITIES) {
                kinds[modality.index()][item] = kind(modality, category, random);
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
        return kinds[modality.index()][item];
    }

    int category(int item) {
        return kind(DemoModality.TEXTUAL, item);
    }

    double popularity(int item) {
        return popularity[item];
    }

    /// Number of cells; some may be empty.
    static int cells() {
        return Arrays.stream(MODALITIES).mapToInt(DemoModality::kinds).reduce(1, (left, right) -> left * right);
    }

    /// Returns the kind of all items of a cell in one modality.
    static int kindOfCell(DemoModality modality, int cell) {
        int rest = cell;
        for (int at = MODALITIES.length - 1; at > modality.index(); at--) {
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

    /// Returns the total popularity of the items of a cell.
    double cellPopularity(int cell) {
        return popularitySums[cellOffsets[cell + 1]] - popularitySums[cellOffsets[cell]];
    }

    /// Draws an item of a cell, which must not be empty, in proportion to popularity.
    int draw(int cell, SplittableRandom random) {
        int begin = cellOffsets[cell];
        int end = cellOffsets[cell + 1];
        double point = popularitySums[begin] + random.nextDouble() * cellPopularity(cell);
        int found = Arrays.binarySearch(popularitySums, begin, end, point);
        return byCell[Math.clamp(found >= 0 ? found : -found - 2, begin, end - 1)];
    }

    /// Returns the features of all items in one modality: the centre of the item's kind plus noise.
    FeatureMatrix features(DemoModality modality) {
        var random = new SplittableRandom(featureSeed + modality.index());
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

    /// Modality of the demo dataset; every item is of one kind in each modality.
    enum DemoModality {
        VISUAL(0, 6, 32),
        ACOUSTIC(1, 5, 16),
        TEXTUAL(2, DemoTitles.CATEGORIES.size(), 48);

        private final int index;
        private final int kinds;
        private final int columns;

        DemoModality(int index, int kinds, int columns) {
            this.index = index;
            this.kinds = kinds;
            this.columns = columns;
        }

        /// Index in arrays of all modalities.
        int index() {
            return index;
        }

        /// Number of kinds: visual styles, moods or topics; a topic is a category.
        int kinds() {
            return kinds;
        }

        /// Number of features per item.
        int columns() {
            return columns;
        }
    }
}
