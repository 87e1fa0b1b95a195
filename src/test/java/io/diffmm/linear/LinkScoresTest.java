package io.diffmm.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.diffmm.ranking.SparseScores;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LinkScoresTest {

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void scores_anyHistory_areTheWeightedMeanOfItsRows(long seed) {
        var random = new SplittableRandom(seed);
        int items = 2 + random.nextInt(random.nextBoolean() ? 30 : 300);
        assertMeans(RandomItemItemModels.of(items, random), 1 + random.nextInt(items), random);
    }

    /// Few links in a large catalogue are summed in a hash table.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void scores_fewLinks_areTheWeightedMeanOfItsRows(long seed) {
        var random = new SplittableRandom(seed);
        assertMeans(RandomItemItemModels.of(600, 5, random), 1 + random.nextInt(12), random);
    }

    private static void assertMeans(ItemItemModel links, int length, SplittableRandom random) {
        int items = links.size();
        int[] history = random.ints(0, items).distinct().limit(length).toArray();
        double[] weights = random.doubles(history.length).toArray();

        double[] expected = new double[items];
        boolean[] linked = new boolean[items];
        for (int at = 0; at < history.length; at++) {
            double share = weights[at] / history.length;
            links.forEach(history[at], (item, weight) -> {
                expected[item] += share * weight;
                linked[item] = true;
            });
        }

        SparseScores found = links.scores(history, weights);
        int count = 0;
        for (int item = 0; item < items; item++) {
            assertThat(found.of(item)).isCloseTo(expected[item], within(1e-12));
            count += linked[item] ? 1 : 0;
        }
        assertThat(found.size()).isEqualTo(count);
    }

    @Test
    void scores_emptyHistory_areEmpty() {
        ItemItemModel links = RandomItemItemModels.of(5, new SplittableRandom(1));
        assertThat(links.scores(new int[0], new double[0]).size()).isZero();
    }
}
