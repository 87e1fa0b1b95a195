package io.diffmm.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.ranking.Ranking;
import org.junit.jupiter.api.Test;

class RoundingBoundTest {

    private final Ranking ranking = new Ranking(new int[] {4, 2, 7}, new float[] {1, 0.5f, 0.499f});

    @Test
    void isClear_checksTheGapsAfterTheGivenPositions() {
        assertThat(RoundingBound.isClear(ranking, 0, 3, 0.0005)).isTrue();
        assertThat(RoundingBound.isClear(ranking, 0, 3, 0.01)).isFalse();
        assertThat(RoundingBound.isClear(ranking, 0, 1, 0.01)).isTrue();
        assertThat(RoundingBound.isClear(ranking, 1, 2, 0.01)).isFalse();
        assertThat(RoundingBound.isClear(ranking, 2, 9, 0.01)).isTrue();
    }

    @Test
    void isClear_withoutRounding_acceptsEqualScores() {
        Ranking equal = new Ranking(new int[] {1, 2}, new float[] {3, 3});

        assertThat(RoundingBound.isClear(equal, 0, 2, 0)).isTrue();
        assertThat(RoundingBound.isClear(equal, 0, 2, 1e-30)).isFalse();
    }

    @Test
    void of_isFarAboveTheRoundingOfAProduct() {
        assertThat(RoundingBound.of(2, 3)).isGreaterThan(100 * 6 * Math.ulp(1f) / 2);
    }
}
