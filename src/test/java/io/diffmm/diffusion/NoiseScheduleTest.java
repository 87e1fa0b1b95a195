package io.diffmm.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NoiseScheduleTest {

    @Test
    void linear_twoSteps_matchesHandComputedRates() {
        // 1 - abar = 0.1, 0.2 -> b_2 = 1 - 0.8 / 0.9; b_1 is then set to 0.05, so abar_1 = 0.95
        NoiseSchedule schedule = NoiseSchedule.linear(2, 0.1, 1, 2, 0.05);

        double secondBeta = 1 - 0.8 / 0.9;
        assertThat(schedule.beta(1)).isEqualTo(0.05);
        assertThat(schedule.beta(2)).isCloseTo(secondBeta, within(1e-15));
        double signal = 0.95 * (1 - secondBeta);
        assertThat(schedule.signalRate(2)).isCloseTo(Math.sqrt(signal), within(1e-15));
        assertThat(schedule.cleanCoefficient(2)).isCloseTo(secondBeta * Math.sqrt(0.95) / (1 - signal), within(1e-15));
        assertThat(schedule.noisyCoefficient(2))
                .isCloseTo(0.05 * Math.sqrt(1 - secondBeta) / (1 - signal), within(1e-15));
        assertThat(schedule.lossWeight(1)).isEqualTo(1);
        assertThat(schedule.lossWeight(2)).isCloseTo(0.95 / 0.05 - signal / (1 - signal), within(1e-12));
    }

    @Test
    void linear_oneStep_keepsOnlyTheFirstBeta() {
        NoiseSchedule schedule = NoiseSchedule.linear(1, 0.1, 1e-4, 0.02, 1e-4);

        assertThat(schedule.steps()).isEqualTo(1);
        assertThat(schedule.beta(1)).isEqualTo(1e-4);
        assertThat(schedule.cleanCoefficient(1)).isEqualTo(1);
        assertThat(schedule.noisyCoefficient(1)).isZero();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void anySchedule_losesSignalAtEveryStep(long seed) {
        NoiseSchedule schedule = randomSchedule(seed);

        double previousSignal = 1;
        for (int t = 1; t <= schedule.steps(); t++) {
            double signal = schedule.signalRate(t);
            assertThat(signal).isPositive().isLessThan(previousSignal);
            assertThat(signal * signal + schedule.noiseRate(t) * schedule.noiseRate(t))
                    .isCloseTo(1, within(1e-12));
            assertThat(schedule.lossWeight(t)).isPositive();
            previousSignal = signal;
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void anySchedule_posteriorMeanOfNoiselessRow_isTheNoiselessRowBefore(long seed) {
        NoiseSchedule schedule = randomSchedule(seed);

        // Where x_t = sqrt(abar_t) x_0 exactly, the posterior mean is sqrt(abar_{t-1}) x_0 exactly.
        for (int t = 2; t <= schedule.steps(); t++) {
            double mean = schedule.cleanCoefficient(t) + schedule.noisyCoefficient(t) * schedule.signalRate(t);
            assertThat(mean).isCloseTo(schedule.signalRate(t - 1), within(1e-9));
        }
    }

    @Test
    void linear_impossibleVariance_isRefusedWithItsValues() {
        assertThatThrownBy(() -> NoiseSchedule.linear(5, 1, 0.1, 1.5, 1e-4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1.5");
        assertThatThrownBy(() -> NoiseSchedule.linear(0, 0.1, 1e-4, 0.02, 1e-4)).hasMessageContaining("not 0");
        assertThatThrownBy(() -> NoiseSchedule.linear(5, 0.1, 1e-4, 0.02, 1)).hasMessageContaining("first beta");
    }

    static NoiseSchedule randomSchedule(long seed) {
        var random = new SplittableRandom(seed);
        int steps = 1 + random.nextInt(1 + (int) seed / 4);
        double min = random.nextDouble(1e-4, 0.05);
        double max = random.nextDouble(min, 0.9);
        return NoiseSchedule.linear(steps, random.nextDouble(0.01, 1), min, max, 1e-4 * random.nextDouble(0.1, 1));
    }
}
