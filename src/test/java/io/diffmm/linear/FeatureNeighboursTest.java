package io.diffmm.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.engine.PyTorch;
import io.diffmm.linear.RandomWalk.FeatureNeighbours;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FeatureNeighboursTest {

    @SuppressWarnings("NullAway.Init") // before all tests
    private static NDManager manager;

    @BeforeAll
    static void open() {
        manager = PyTorch.engine().newBaseManager();
    }

    @AfterAll
    static void close() {
        manager.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void find_returnsTheLargestCosinesOfStandardisedColumns(long seed) {
        var random = new SplittableRandom(seed);
        int items = 1 + (int) seed / 4;
        FeatureMatrix features = features(random, items, 1 + random.nextInt(9));
        int count = 1 + random.nextInt(8);

        ItemItemModel neighbours = FeatureNeighbours.find(features, count, manager, 1 + random.nextInt(12));

        double[][] cosines = cosines(features);
        for (int item = 0; item < items; item++) {
            assertNeighbours(neighbours, item, cosines[item], count);
        }
    }

    @Test
    void find_linksSimilarItems_ignoringConstantColumns() {
        // The second column is constant. Items 0 and 1 lie on one side of the mean, item 2 on the other.
        var features = new FeatureMatrix("visual", 3, 2, new float[] {1, 0.1f, 2, 0.1f, -9, 0.1f});

        ItemItemModel neighbours = FeatureNeighbours.find(features, 2, manager);

        assertThat(neighbours.links()).isEqualTo(2);
        neighbours.forEach(0, (other, weight) -> assertThat(other).isEqualTo(1));
        neighbours.forEach(1, (other, weight) -> assertThat(weight).isEqualTo(1));
    }

    @Test
    void find_identicalItems_haveNoNeighbours() {
        var features = new FeatureMatrix("visual", 3, 1, new float[] {0.1f, 0.1f, 0.1f});

        assertThat(FeatureNeighbours.find(features, 2, manager).links()).isZero();
    }

    @Test
    void find_freesAllArrays() {
        try (NDManager caller = manager.newSubManager()) {
            int before = caller.getManagedArrays().size();
            FeatureNeighbours.find(features(new SplittableRandom(1), 9, 4), 3, caller, 4);
            assertThat(caller.getManagedArrays()).hasSize(before);
        }
    }

    private static FeatureMatrix features(SplittableRandom random, int items, int columns) {
        float[] values = new float[items * columns];
        for (int at = 0; at < values.length; at++) {
            boolean constant = at % columns == 1 && columns < 5;
            values[at] = constant ? 0.3f : (float) random.nextDouble(-1, 3);
        }
        if (items > 2) {
            Arrays.fill(values, columns, 2 * columns, 0); // an item without features
        }
        return new FeatureMatrix("visual", items, columns, values);
    }

    private static double[][] cosines(FeatureMatrix features) {
        double[][] rows = standardised(features);
        double[][] cosines = new double[rows.length][rows.length];
        for (int item = 0; item < rows.length; item++) {
            for (int other = 0; other < rows.length; other++) {
                double lengths = Math.sqrt(dot(rows[item], rows[item]) * dot(rows[other], rows[other]));
                cosines[item][other] = item == other || lengths == 0 ? 0 : dot(rows[item], rows[other]) / lengths;
            }
        }
        return cosines;
    }

    private static double[][] standardised(FeatureMatrix features) {
        double[][] rows = new double[features.rows()][features.columns()];
        for (int column = 0; column < features.columns(); column++) {
            int of = column;
            double[] values = IntStream.range(0, rows.length)
                    .mapToDouble(row -> features.values()[row * features.columns() + of])
                    .toArray();
            double mean = Arrays.stream(values).average().orElseThrow();
            double deviation = Math.sqrt(Arrays.stream(values)
                    .map(value -> (value - mean) * (value - mean))
                    .average()
                    .orElseThrow());
            for (int row = 0; row < rows.length; row++) {
                rows[row][column] = deviation < 1e-12 ? 0 : (values[row] - mean) / deviation;
            }
        }
        return rows;
    }

    private static double dot(double[] left, double[] right) {
        return IntStream.range(0, left.length)
                .mapToDouble(at -> left[at] * right[at])
                .sum();
    }

    private static void assertNeighbours(ItemItemModel neighbours, int item, double[] cosines, int count) {
        double[] best = Arrays.stream(cosines)
                .filter(cosine -> cosine > 1e-6)
                .map(cosine -> -cosine)
                .sorted()
                .map(cosine -> -cosine)
                .limit(count)
                .toArray();
        double sum = Arrays.stream(best).sum();
        double[] found = new double[cosines.length];
        neighbours.forEach(item, (other, weight) -> {
            assertThat((double) weight).isCloseTo(Math.max(0, cosines[other]) / sum, within(1e-4));
            found[other] = weight;
        });
        double[] weights = Arrays.stream(found)
                .filter(weight -> weight > 1e-5)
                .map(weight -> -weight)
                .sorted()
                .map(weight -> -weight)
                .toArray();
        assertThat(neighbours.links(item)).isLessThanOrEqualTo(count);
        for (int place = 0; place < best.length; place++) {
            assertThat(weights[place]).isCloseTo(best[place] / sum, within(1e-4));
        }
    }
}
