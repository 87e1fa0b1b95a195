package io.diffmm.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HiddenReverseDiffusionTest {

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void denoised_anyDenoiser_equalsDenseLoop(long seed) {
        var random = new SplittableRandom(seed);
        manager.getEngine().setRandomSeed((int) seed);
        int items = 2 + random.nextInt(1 + (int) seed);
        List<Integer> widths = IntStream.range(0, 1 + random.nextInt(3))
                .mapToObj(l -> 1 + random.nextInt(40))
                .toList();
        Denoiser denoiser = Denoiser.random(manager, items, 10, widths);
        NoiseSchedule schedule = NoiseScheduleTest.randomSchedule(seed);
        SparseRows rows = randomRows(items, random);

        for (Prediction prediction : Prediction.values()) {
            var hidden = new HiddenReverseDiffusion(manager, denoiser, schedule, prediction);
            NDArray dense = new DenseReverseDiffusion(denoiser, schedule, prediction).denoise(rows, manager);

            assertNear(hidden.denoised(rows, denoiser.output(), manager), dense);
            assertNear(hidden.denoised(rows.toDense(manager), denoiser.output(), manager), dense);
        }
    }

    private static void assertNear(NDArray actual, NDArray expected) {
        assertThat(actual.getShape()).isEqualTo(expected.getShape());
        float[] exact = expected.toFloatArray();
        float[] fast = actual.toFloatArray();
        for (int at = 0; at < fast.length; at++) {
            assertThat(fast[at]).isCloseTo(exact[at], within(1e-5f * Math.max(1, Math.abs(exact[at]))));
        }
    }

    @Test
    void features_leavesOneArrayBehind() {
        Denoiser denoiser = Denoiser.random(manager, 7, 10, List.of(5));
        var diffusion = new HiddenReverseDiffusion(
                manager, denoiser, NoiseSchedule.linear(5, 0.1, 1e-4, 0.02, 1e-4), Prediction.CLEAN);
        manager.cap();
        try (NDManager caller = manager.newSubManager()) {
            NDArray features = diffusion.features(SparseRows.shares(7, List.of(new int[] {1, 3}, new int[0])), caller);

            assertThat(caller.getManagedArrays()).containsExactly(features);
        }
    }

    private static SparseRows randomRows(int items, SplittableRandom random) {
        List<int[]> rows = IntStream.range(0, 1 + random.nextInt(6))
                .mapToObj(row -> IntStream.range(0, items)
                        .filter(item -> random.nextInt(4) == 0)
                        .toArray())
                .toList();
        List<float[]> values =
                rows.stream().map(row -> values(row.length, random)).toList();
        return new SparseRows(items, rows, values);
    }

    private static float[] values(int count, SplittableRandom random) {
        float[] values = new float[count];
        for (int at = 0; at < count; at++) {
            values[at] = random.nextFloat();
        }
        return values;
    }
}
