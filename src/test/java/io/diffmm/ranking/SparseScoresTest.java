package io.diffmm.ranking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void anyVectors_equalDenseOnes(long seed) {
        var random = new SplittableRandom(seed);
        double[] left = sparse(random.nextInt(40), random);
        double[] right = sparse(random.nextInt(40), random);
        double weight = random.nextDouble(-1, 1);

        SparseScores some = SparseScores.of(left);
        SparseScores sum = some.plus(SparseScores.of(right), weight);
        SparseScores cubes = some.map(score -> score * score * score);

        assertThat(some.size())
                .isEqualTo((int) Arrays.stream(left).filter(score -> score != 0).count());
        for (int row = 0; row < 40; row++) {
            assertThat(some.of(row)).isEqualTo(at(left, row));
            assertThat(sum.of(row)).isEqualTo(at(left, row) + weight * at(right, row));
            assertThat(cubes.of(row)).isEqualTo(Math.pow(at(left, row), 3), within(1e-12));
        }
    }

    private static double[] sparse(int length, SplittableRandom random) {
        return random.doubles(length, -1, 1)
                .map(score -> random.nextBoolean() ? score : 0)
                .toArray();
    }

    private static double at(double[] scores, int row) {
        return row < scores.length ? scores[row] : 0;
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
