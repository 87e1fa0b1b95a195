package io.diffmm.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class MetricTest {

    private static final boolean[] SECOND_AND_FOURTH = {false, true, false, true, false};

    @Test
    void recall_dividesHitsByHeldOutItems() {
        assertThat(new Metric(Metric.Measure.RECALL, 5).of(SECOND_AND_FOURTH, 3))
                .isCloseTo(2 / 3.0, within(1e-15));
        assertThat(new Metric(Metric.Measure.RECALL, 3).of(SECOND_AND_FOURTH, 3))
                .isCloseTo(1 / 3.0, within(1e-15));
    }

    @Test
    void precision_dividesByTheCutoff_evenIfTheListIsShorter() {
        assertThat(new Metric(Metric.Measure.PRECISION, 4).of(SECOND_AND_FOURTH, 3))
                .isEqualTo(0.5);
        assertThat(new Metric(Metric.Measure.PRECISION, 10).of(SECOND_AND_FOURTH, 3))
                .isEqualTo(0.2);
    }

    @Test
    void ndcg_dividesByTheBestPossibleGain() {
        double gain = 1 / log2(3) + 1 / log2(5);
        double best = 1 / log2(2) + 1 / log2(3) + 1 / log2(4);
        assertThat(new Metric(Metric.Measure.NDCG, 5).of(SECOND_AND_FOURTH, 3)).isCloseTo(gain / best, within(1e-15));
    }

    @Test
    void ndcg_moreHeldOutItemsThanRanks_isOneIfAllRanksHit() {
        assertThat(new Metric(Metric.Measure.NDCG, 2).of(new boolean[] {true, true}, 9))
                .isCloseTo(1, within(1e-15));
    }

    private static double log2(double value) {
        return Math.log(value) / Math.log(2);
    }
}
