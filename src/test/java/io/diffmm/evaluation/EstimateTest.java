package io.diffmm.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EstimateTest {

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void anyValues_intervalContainsTheMeanAndLiesWithinTheValues(long seed) {
        double[] values = values(seed, 1 + (int) seed * 3);

        Estimate estimate = Estimate.ofMean(values, seed);

        double mean = Arrays.stream(values).average().orElseThrow();
        assertThat(estimate.value()).isCloseTo(mean, within(1e-12));
        assertThat(estimate.low()).isBetween(Arrays.stream(values).min().orElseThrow() - 1e-12, mean + 1e-12);
        assertThat(estimate.high())
                .isBetween(mean - 1e-12, Arrays.stream(values).max().orElseThrow() + 1e-12);
        assertThat(Estimate.ofMean(values, seed)).isEqualTo(estimate);
    }

    @Test
    void manyValues_intervalMatchesTheNormalApproximation() {
        double[] values = values(1, 4_000);
        // uniform in [0, 1): 1.96 sqrt(1 / 12 / 4000) = 0.00895
        Estimate estimate = Estimate.ofMean(values, 7);

        assertThat(estimate.high() - estimate.value()).isCloseTo(0.00895, within(0.001));
        assertThat(estimate.value() - estimate.low()).isCloseTo(0.00895, within(0.001));
    }

    @Test
    void interval_coversTheTrueMean_inAbout95PercentOfDraws() {
        int covered = 0;
        for (int draw = 0; draw < 200; draw++) {
            Estimate estimate = Estimate.ofMean(values(1_000 + draw, 100), draw);
            if (estimate.low() <= 0.5 && 0.5 <= estimate.high()) {
                covered++;
            }
        }
        assertThat(covered).isBetween(180, 199);
    }

    @Test
    void equalValues_giveZeroWidth_noValuesAreRejected() {
        assertThat(Estimate.ofMean(new double[] {0.25, 0.25}, 1)).isEqualTo(new Estimate(0.25, 0.25, 0.25));
        assertThatThrownBy(() -> Estimate.ofMean(new double[0], 1)).hasMessageContaining("no users");
        assertThatThrownBy(() -> new Estimate(Double.NaN, 0, 1)).hasMessageContaining("NaN");
    }

    @Test
    void student_fewEqualValues_isNotCertainAndEndsWithinTheRange() {
        Estimate two = Estimate.student(new double[] {1, 1}, 0.95);
        Estimate six = Estimate.student(new double[] {1, 1, 1, 1, 1, 1}, 0.95);

        assertThat(two).isEqualTo(new Estimate(1, -1, 1));
        assertThat(six.low()).isBetween(0.3, 0.9);
        assertThat(Estimate.student(new double[] {0, 0}, 0.95)).isEqualTo(new Estimate(0, 0, 0));
        assertThat(Estimate.student(new double[] {0.5}, 0.95)).isEqualTo(new Estimate(0.5, -1, 1));
    }

    @Test
    void student_coversTheTrueMean_inAbout95PercentOfDraws() {
        int covered = 0;
        for (int draw = 0; draw < 1_000; draw++) {
            Estimate estimate = Estimate.student(values(1_000 + draw, 10), 0.95);
            covered += estimate.low() <= 0.5 && 0.5 <= estimate.high() ? 1 : 0;
        }
        assertThat(covered).isBetween(930, 999); // with the additional 0, more than 950
    }

    private static double[] values(long seed, int count) {
        return new SplittableRandom(seed).doubles(count).toArray();
    }
}
