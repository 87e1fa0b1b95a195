package io.diffmm.ranking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class SparseScoresTest {

    @Test
    void of_aRowWithoutScore_isZero() {
        var scores = new SparseScores(new int[] {2, 5}, new double[] {-1, 3});

        assertThat(scores.of(2)).isEqualTo(-1);
        assertThat(scores.of(5)).isEqualTo(3);
        assertThat(scores.of(0)).isZero();
        assertThat(scores.of(6)).isZero();
        assertThat(SparseScores.NONE.of(0)).isZero();
    }

    @Test
    void rowsThatDoNotAscend_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SparseScores(new int[] {2, 2}, new double[2]))
                .withMessage("row 2 follows row 2");
    }

    @Test
    void rowsWithoutScores_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SparseScores(new int[] {2}, new double[2]))
                .withMessage("1 rows have 2 scores");
    }

    @Test
    void plus_addsRowByRow() {
        var some = new SparseScores(new int[] {1, 4}, new double[] {2, 3});
        var others = new SparseScores(new int[] {0, 4}, new double[] {1, 0.5});

        SparseScores sum = some.plus(others, 2);

        assertThat(sum.size()).isEqualTo(3);
        assertThat(sum.of(0)).isEqualTo(2);
        assertThat(sum.of(1)).isEqualTo(2);
        assertThat(sum.of(4)).isEqualTo(4);
        assertThat(some.plus(SparseScores.NONE, 2)).isSameAs(some);
    }
}
