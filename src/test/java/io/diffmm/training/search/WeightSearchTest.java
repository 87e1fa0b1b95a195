package io.diffmm.training.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.diffmm.training.search.WeightSearch.Candidates;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WeightSearchTest {

    private static final int CANDIDATES = 60;

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void weights_twoHalvesOfTruthAndNoise_weightHalvesEquallyAndExcludeNoise(long seed) {
        var random = new SplittableRandom(seed);
        List<Candidates> users =
                IntStream.range(0, 400).mapToObj(_ -> user(random)).toList();

        double[] weights = new WeightSearch(users, 3).weights();

        assertThat(weights[0] / (10 * weights[1])).isBetween(0.5, 2.0); // the second half is ten times as large
        assertThat(weights[2]).isZero();
        assertThat(WeightSearch.mean(users, weights)).isGreaterThan(WeightSearch.mean(users, new double[] {1, 0, 0}));
    }

    /// Creates a user whose held-out item maximises the sum of two independent scores. Two views contain one score
    /// each, the third one contains noise.
    private static Candidates user(SplittableRandom random) {
        double[][] scores = new double[3][CANDIDATES];
        double[] truth = new double[CANDIDATES];
        for (int at = 0; at < CANDIDATES; at++) {
            double one = random.nextGaussian();
            double other = random.nextGaussian();
            truth[at] = one + other;
            scores[0][at] = one;
            scores[1][at] = 10 * other;
            scores[2][at] = random.nextGaussian();
        }
        int best = IntStream.range(0, CANDIDATES)
                .reduce((a, b) -> truth[a] >= truth[b] ? a : b)
                .orElseThrow();
        boolean[] hits = new boolean[CANDIDATES];
        hits[best] = true;
        return new Candidates(scores, hits, 1);
    }

    @Test
    void weights_constantViews_selectTheFirst() {
        double[][] nothing = new double[2][30];
        Candidates user = new Candidates(nothing, new boolean[30], 1);

        double[] weights = new WeightSearch(List.of(user, user), 2).weights();

        assertThat(weights).hasSize(2);
        assertThat(weights[0]).isPositive();
        assertThat(weights[1]).isZero();
    }

    @Test
    void ndcg_countsHeldOutItemsThatAreNotCandidates() {
        Candidates user = new Candidates(new double[][] {{3, 2, 1}}, new boolean[] {false, true, false}, 2);

        double ideal = 1 + 1 / (Math.log(3) / Math.log(2));
        assertThat(user.ndcg(new double[] {1})).isCloseTo(1 / (Math.log(3) / Math.log(2)) / ideal, within(1e-12));
    }
}
