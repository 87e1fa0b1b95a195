package io.diffmm.families.denoiser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.diffmm.families.denoiser.DenoiserSettings.StepSampling;
import io.diffmm.families.denoiser.NoiseLevels.StepSampler;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StepSamplerTest {

    private static final int STEPS = 4;

    @Test
    void probabilities_untilEveryStepHasTenLosses_areUniform() {
        StepSampler sampler = sampler();
        tell(sampler, 1, 10, 5);
        tell(sampler, 2, 10, 5);
        tell(sampler, 3, 10, 5);
        tell(sampler, 4, 9, 5);

        assertThat(sampler.probabilities()).containsOnly(0.25);
        assertThat(sampler.divisors(new int[] {1, 4})).containsOnly(1.0);
    }

    @Test
    void probabilities_followTheLastTenLosses() {
        StepSampler sampler = sampler();
        tell(sampler, 1, 7, 100); // forgotten
        tell(sampler, 1, 10, 3);
        tell(sampler, 2, 10, 1);
        tell(sampler, 3, 5, 1);
        tell(sampler, 3, 5, 7); // sqrt((5 + 5 * 49) / 10) = 5
        tell(sampler, 4, 10, 1);

        double[] expected = {0.3, 0.1, 0.5, 0.1};
        for (int at = 0; at < STEPS; at++) {
            assertThat(sampler.probabilities()[at]).isCloseTo(0.999 * expected[at] + 0.001 / STEPS, within(1e-7));
        }
        assertThat(sampler.divisors(new int[] {3})[0]).isCloseTo(4 * (0.999 * 0.5 + 0.00025), within(1e-6));
    }

    @Test
    void record_dividedLosses_areKeptAsTheyWere() {
        StepSampler sampler = sampler();
        IntStream.rangeClosed(1, STEPS).forEach(step -> tell(sampler, step, 10, step));
        double[] before = sampler.probabilities();
        int[] drawn = {1, 2, 3, 4};
        double[] divisors = sampler.divisors(drawn);
        float[] divided = new float[STEPS];
        Arrays.setAll(drawn, at -> at + 1);
        for (int at = 0; at < STEPS; at++) {
            divided[at] = (float) ((at + 1) / divisors[at]);
        }

        for (int round = 0; round < 10; round++) {
            sampler.record(drawn, divided, divisors);
        }

        for (int at = 0; at < STEPS; at++) {
            assertThat(sampler.probabilities()[at]).isCloseTo(before[at], within(1e-6));
        }
    }

    @Test
    void draw_manySteps_followsTheProbabilities() {
        StepSampler sampler = sampler();
        tell(sampler, 1, 10, 3);
        tell(sampler, 2, 10, 1);
        tell(sampler, 3, 10, 5);
        tell(sampler, 4, 10, 1);

        int[] drawn = sampler.draw(100_000, new SplittableRandom(1));

        for (int step = 1; step <= STEPS; step++) {
            int expected = step;
            long count = Arrays.stream(drawn).filter(each -> each == expected).count();
            assertThat(count / 100_000.0).isCloseTo(sampler.probabilities()[step - 1], within(0.006));
        }
    }

    @Test
    void draw_uniform_staysUniformWhateverTheLosses() {
        var sampler = new StepSampler("s", STEPS, StepSampling.UNIFORM);
        IntStream.rangeClosed(1, STEPS).forEach(step -> tell(sampler, step, 10, step * step));

        int[] drawn = sampler.draw(40_000, new SplittableRandom(1));

        assertThat(Arrays.stream(drawn).filter(step -> step == 1).count()).isBetween(9_700L, 10_300L);
        assertThat(Arrays.stream(drawn).max().getAsInt()).isEqualTo(STEPS);
    }

    @Test
    void restore_continuesWithTheSameDraws() {
        StepSampler sampler = sampler();
        IntStream.rangeClosed(1, STEPS).forEach(step -> tell(sampler, step, 10, step));
        StepSampler restored = sampler();
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            restored.restore(sampler.state(manager));
        }

        assertThat(restored.draw(100, new SplittableRandom(7))).isEqualTo(sampler.draw(100, new SplittableRandom(7)));
    }

    @Test
    void probabilities_lossesOfZero_stayUniform() {
        StepSampler sampler = sampler();
        IntStream.rangeClosed(1, STEPS).forEach(step -> tell(sampler, step, 10, 0));

        assertThat(sampler.probabilities()).containsOnly(0.25);
    }

    private static StepSampler sampler() {
        return new StepSampler("s", STEPS, StepSampling.IMPORTANCE);
    }

    private static void tell(StepSampler sampler, int step, int times, float loss) {
        for (int time = 0; time < times; time++) {
            sampler.record(new int[] {step}, new float[] {loss}, new double[] {1});
        }
    }
}
