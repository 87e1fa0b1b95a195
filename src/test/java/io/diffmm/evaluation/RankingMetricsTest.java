package io.diffmm.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RankingMetricsTest {

    private static final boolean[] SECOND_AND_FOURTH = {false, true, false, true, false};

    @Test
    void recall_countsHitsOfAllHeldOut() {
        assertThat(RankingMetrics.recall(SECOND_AND_FOURTH, 5, 3)).isCloseTo(2 / 3.0, within(1e-15));
        assertThat(RankingMetrics.recall(SECOND_AND_FOURTH, 3, 3)).isCloseTo(1 / 3.0, within(1e-15));
    }

    @Test
    void precision_dividesByTheCutoff_alsoOfAShorterList() {
        assertThat(RankingMetrics.precision(SECOND_AND_FOURTH, 4)).isEqualTo(0.5);
        assertThat(RankingMetrics.precision(SECOND_AND_FOURTH, 10)).isEqualTo(0.2);
    }

    @Test
    void ndcg_dividesByTheBestPossibleGain() {
        double gain = 1 / log2(3) + 1 / log2(5);
        double best = 1 / log2(2) + 1 / log2(3) + 1 / log2(4);
        assertThat(RankingMetrics.ndcg(SECOND_AND_FOURTH, 5, 3)).isCloseTo(gain / best, within(1e-15));
    }

    @Test
    void ndcg_moreHeldOutThanRanks_isOneForAFullList() {
        assertThat(RankingMetrics.ndcg(new boolean[] {true, true}, 2, 9)).isCloseTo(1, within(1e-15));
    }

    private static double log2(double value) {
        return Math.log(value) / Math.log(2);
    }
}
