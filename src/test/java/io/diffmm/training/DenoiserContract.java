package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.ranking.Ranking;

/// The contract of families that rank by what a denoiser gives, whose scores round in their last digits.
abstract class DenoiserContract extends RecommenderContract {

    @Override
    void assertSameRanking(Ranking alone, Ranking together) {
        assertThat(alone.rows()).isEqualTo(together.rows());
        assertSameScores(alone, together);
    }
}
