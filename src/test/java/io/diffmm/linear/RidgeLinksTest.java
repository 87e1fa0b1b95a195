package io.diffmm.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.engine.PyTorch;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RidgeLinksTest {

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
    @MethodSource("io.diffmm.Seeds#first20")
    void links_withoutLimit_equalTheRegression(long seed) {
        InteractionMatrix train = RidgeRegressionTest.interactions(new SplittableRandom(seed), 20, 1 + 2 * (int) seed);

        ItemItemModel links = RidgeRegression.links(train, settings(200), manager);

        try (RidgeRegression regression = RidgeRegression.fit(train, 20, manager)) {
            for (int item = 0; item < train.columns(); item++) {
                assertThat(row(links, item)).containsExactly(floats(regression.weights(item)), within(1e-9f));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void links_withLimit_keepTheLargestOfEitherSign(long seed) {
        InteractionMatrix train = RidgeRegressionTest.interactions(new SplittableRandom(seed), 60, 9);
        float[][] all = rows(RidgeRegression.links(train, settings(200), manager));

        float[][] few = rows(RidgeRegression.links(train, settings(3), manager));

        for (int item = 0; item < all.length; item++) {
            double[] sizes = sizes(all[item]);
            for (int other = 0; other < all.length; other++) {
                boolean kept = Math.abs(all[item][other]) >= sizes[sizes.length - 3] && all[item][other] != 0;
                assertThat(few[item][other] == all[item][other] || (!kept && few[item][other] == 0))
                        .isTrue();
            }
            assertThat(Arrays.stream(sizes(few[item])).filter(size -> size > 0).count())
                    .isEqualTo(Math.min(
                            3, Arrays.stream(sizes).filter(size -> size > 0).count()));
        }
    }

    @Test
    void links_ofNegativeWeights_keepTheirSign() {
        // Items 0 and 1 share a user each with item 2, but none with each other.
        InteractionMatrix train = InteractionMatrix.of(3, List.of(new int[] {0, 2}, new int[] {1, 2}));

        assertThat(row(RidgeRegression.links(train, settings(200), manager), 0)[1])
                .isNegative();
    }

    private static LinearSettings settings(int links) {
        return new LinearSettings(links, 0.85, 10, 10, 0.05, 20, 10_000);
    }

    private static double[] sizes(float[] row) {
        double[] sizes = new double[row.length];
        Arrays.setAll(sizes, at -> Math.abs(row[at]));
        Arrays.sort(sizes);
        return sizes;
    }

    private static float[][] rows(ItemItemModel links) {
        float[][] rows = new float[links.size()][];
        Arrays.setAll(rows, item -> row(links, item));
        return rows;
    }

    private static float[] row(ItemItemModel links, int item) {
        float[] row = new float[links.size()];
        links.forEach(item, (other, weight) -> row[other] = weight);
        return row;
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int at = 0; at < floats.length; at++) {
            floats[at] = (float) values[at];
        }
        return floats;
    }
}
