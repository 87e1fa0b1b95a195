package io.diffmm.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.ranking.Ranking;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RandomWalkTest {

    private static final LinearSettings DEFAULTS = LinearSettings.defaults();

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void links_ofInteractions_equalSumsOfDenseMatrixPowers(long seed) {
        var random = new SplittableRandom(seed);
        InteractionMatrix train = interactions(random, 1 + (int) seed / 4);
        LinearSettings settings = settings(random);

        assertLinks(new RandomWalk(train, settings).links(1), expected(train, none(train), settings));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void links_withNeighbours_equalSumsOfDenseMatrixPowers(long seed) {
        var random = new SplittableRandom(seed);
        InteractionMatrix train = interactions(random, 1 + (int) seed / 4);
        LinearSettings settings = settings(random);
        ItemItemModel neighbours = neighbours(random, train.columns());

        ItemItemModel links = new RandomWalk(train, neighbours, settings).links(2);

        assertLinks(links, expected(train, neighbours, settings));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void links_ofTruncatedRows_neverExceedThoseOfCompleteRows(long seed) {
        var random = new SplittableRandom(seed);
        InteractionMatrix train = interactions(random, 10 + (int) seed);
        ItemItemModel neighbours = neighbours(random, train.columns());
        double[][] whole = expected(train, neighbours, DEFAULTS);

        double[][] narrow = dense(new RandomWalk(train, neighbours, DEFAULTS, 4).links(1));

        for (int item = 0; item < whole.length; item++) {
            assertThat(Arrays.stream(narrow[item]).filter(weight -> weight > 0).count())
                    .isLessThanOrEqualTo(4);
            for (int other = 0; other < whole.length; other++) {
                assertThat(narrow[item][other]).isLessThanOrEqualTo(whole[item][other] + 1e-6);
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void links_doNotDependOnTheNumberOfThreads(long seed) {
        var random = new SplittableRandom(seed);
        InteractionMatrix train = interactions(random, 600);
        ItemItemModel neighbours = neighbours(random, train.columns());
        RandomWalk walk = new RandomWalk(train, neighbours, DEFAULTS, 50);

        assertThat(dense(walk.links(3))).isDeepEqualTo(dense(walk.links(1)));
    }

    @Test
    void links_areTheLargestOfEachRow_largestFirst() {
        // Item 0's users have item 1 twice, item 2 once.
        InteractionMatrix train =
                InteractionMatrix.of(3, List.of(new int[] {0, 1}, new int[] {0, 1}, new int[] {0, 2}));
        LinearSettings one = new LinearSettings(1, 0.5, 1, 10, 0, 20, 0);

        ItemItemModel links = new RandomWalk(train, one).links(1);

        assertThat(row(links, 0)).isEqualTo(new Ranking(new int[] {1}, new float[] {0.5f / 3}));
        assertThat(row(links, 2)).isEqualTo(new Ranking(new int[] {0}, new float[] {0.25f}));
    }

    @Test
    void itemWithoutUsers_walksToItsNeighboursOnly() {
        InteractionMatrix train = InteractionMatrix.of(3, List.of(new int[] {0, 1}));
        ItemItemModel neighbours = new ItemItemModel(new int[] {0, 0, 0, 1}, new int[] {1}, new float[] {1});
        LinearSettings twoSteps = new LinearSettings(10, 0.5, 2, 10, 0.1, 20, 0);

        ItemItemModel links = new RandomWalk(train, neighbours, twoSteps).links(1);

        // To 1, and from 1 to 0 or 1: .5 + .5^2 / 2 and .5^2 / 2.
        assertThat(row(links, 2)).isEqualTo(new Ranking(new int[] {1, 0}, new float[] {0.625f, 0.125f}));
        assertThat(links.links(0)).isEqualTo(1); // no walk leads to item 2
    }

    @Test
    void noUsers_giveNoLinks() {
        assertThat(new RandomWalk(InteractionMatrix.of(4, List.of()), DEFAULTS)
                        .links(1)
                        .links())
                .isZero();
    }

    private static LinearSettings settings(SplittableRandom random) {
        return new LinearSettings(
                200, random.nextDouble(0.1, 1), 1 + random.nextInt(12), 10, random.nextDouble(0.01, 0.9), 20, 0);
    }

    /// Returns histories of up to 12 items, some empty; the last items may have no users.
    private static InteractionMatrix interactions(SplittableRandom random, int items) {
        List<int[]> rows = new ArrayList<>();
        for (int user = random.nextInt(2 * items); user >= 0; user--) {
            rows.add(random.ints(random.nextInt(13), 0, items).distinct().toArray());
        }
        return InteractionMatrix.of(items + random.nextInt(3), rows);
    }

    private static ItemItemModel neighbours(SplittableRandom random, int items) {
        List<Ranking> rows = new ArrayList<>();
        for (int item = 0; item < items; item++) {
            int self = item;
            int[] others = random.ints(random.nextInt(4), 0, items)
                    .filter(other -> other != self)
                    .distinct()
                    .toArray();
            float[] weights = new float[others.length];
            Arrays.fill(weights, 1f / others.length);
            rows.add(new Ranking(others, weights));
        }
        return ItemItemModel.of(rows);
    }

    private static ItemItemModel none(InteractionMatrix train) {
        return new ItemItemModel(new int[train.columns() + 1], new int[0], new float[0]);
    }

    /// Returns B without its diagonal, by multiplying dense matrices.
    private static double[][] expected(InteractionMatrix train, ItemItemModel neighbours, LinearSettings settings) {
        double[][] step = step(train, neighbours, settings.featureShare());
        double[][] sum = new double[step.length][step.length];
        double[][] power = step;
        double rate = 1;
        for (int k = 1; k <= settings.walkSteps(); k++) {
            rate *= settings.walkContinuation();
            for (int item = 0; item < sum.length; item++) {
                for (int other = 0; other < sum.length; other++) {
                    sum[item][other] += item == other ? 0 : rate * power[item][other];
                }
            }
            power = product(power, step);
        }
        return sum;
    }

    /// Returns P' by its definition.
    private static double[][] step(InteractionMatrix train, ItemItemModel neighbours, double featureShare) {
        int[] counts = train.columnCounts();
        double[][] step = new double[counts.length][counts.length];
        for (int user = 0; user < train.rows(); user++) {
            for (int item : train.row(user)) {
                double share = neighbours.links(item) == 0 ? 0 : featureShare;
                for (int other : train.row(user)) {
                    step[item][other] += (1 - share) / counts[item] / train.rowLength(user);
                }
            }
        }
        for (int item = 0; item < counts.length; item++) {
            double[] row = step[item];
            double share = counts[item] == 0 ? 1 : featureShare;
            neighbours.forEach(item, (other, weight) -> row[other] += share * weight);
        }
        return step;
    }

    private static double[][] product(double[][] left, double[][] right) {
        double[][] product = new double[left.length][left.length];
        for (int i = 0; i < left.length; i++) {
            for (int k = 0; k < left.length; k++) {
                for (int j = 0; j < left.length; j++) {
                    product[i][j] += left[i][k] * right[k][j];
                }
            }
        }
        return product;
    }

    private static void assertLinks(ItemItemModel links, double[][] expected) {
        double[][] actual = dense(links);
        for (int item = 0; item < expected.length; item++) {
            assertThat(actual[item]).containsExactly(expected[item], within(1e-5));
        }
    }

    private static double[][] dense(ItemItemModel links) {
        double[][] dense = new double[links.size()][links.size()];
        for (int item = 0; item < dense.length; item++) {
            double[] row = dense[item];
            links.forEach(item, (other, weight) -> row[other] = weight);
        }
        return dense;
    }

    private static Ranking row(ItemItemModel links, int item) {
        List<Integer> items = new ArrayList<>();
        List<Float> weights = new ArrayList<>();
        links.forEach(item, (other, weight) -> {
            items.add(other);
            weights.add(weight);
        });
        float[] values = new float[weights.size()];
        for (int at = 0; at < values.length; at++) {
            values[at] = weights.get(at);
        }
        return new Ranking(items.stream().mapToInt(Integer::intValue).toArray(), values);
    }
}
