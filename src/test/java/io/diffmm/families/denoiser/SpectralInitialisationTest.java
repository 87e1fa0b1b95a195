package io.diffmm.families.denoiser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.diffusion.Denoiser;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SpectralInitialisationTest {

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
        manager.getEngine().setRandomSeed(3);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void set_layerAsWideAsTheItems_isOneStepOfTheWalk(long seed) {
        InteractionMatrix histories = histories(seed);
        Denoiser denoiser = Denoiser.random(manager, histories.columns(), 4, List.of(histories.columns()));

        SpectralInitialisation.set(List.of(denoiser), histories, manager);

        assertProduct(denoiser, walk(histories), 1e-4);
    }

    @Test
    void set_narrowerLayer_isTheNearestProductOfItsRank() {
        InteractionMatrix histories = histories(60);
        int hidden = 12;
        Denoiser denoiser = Denoiser.random(manager, histories.columns(), 4, List.of(hidden));

        SpectralInitialisation.set(List.of(denoiser), histories, manager);

        double[][] walk = walk(histories);
        double[] roots = roots(histories);
        double[] values = SymmetricEigenvalues.of(scaled(walk, roots));
        double beyond = IntStream.range(hidden, values.length)
                .mapToDouble(at -> values[at] * values[at])
                .sum();
        double distance = 0;
        float[] product = product(denoiser);
        for (int row = 0; row < roots.length; row++) {
            for (int column = 0; column < roots.length; column++) {
                double error = (product[row * roots.length + column] - walk[row][column]) * roots[row] / roots[column];
                distance += error * error;
            }
        }
        // Eckart and Young: no product of that rank is nearer to D^1/2 P D^-1/2 than by the eigenvalues left out.
        assertThat(distance).isCloseTo(beyond, within(0.02 * beyond));
    }

    @Test
    void set_moreHiddenUnitsThanItems_leavesTheOthersWithoutOutput() {
        InteractionMatrix histories = histories(9);
        int items = histories.columns();
        Denoiser denoiser = Denoiser.random(manager, items, 4, List.of(items + 3));

        SpectralInitialisation.set(List.of(denoiser), histories, manager);

        assertProduct(denoiser, walk(histories), 1e-4);
        assertThat(denoiser.items().get(":, -3:").abs().min().getFloat()).isPositive();
    }

    @Test
    void set_severalDenoisers_areAlike_andNothingButTheWalkIsLeft() {
        InteractionMatrix histories = histories(9);
        List<Denoiser> denoisers = List.of(
                Denoiser.random(manager, histories.columns(), 4, List.of(5)),
                Denoiser.random(manager, histories.columns(), 4, List.of(5)));

        SpectralInitialisation.set(denoisers, histories, manager);

        assertThat(product(denoisers.get(1))).isEqualTo(product(denoisers.get(0)));
        for (NDArray array : List.of(
                denoisers.get(1).steps(),
                denoisers.get(1).bias(),
                denoisers.get(1).output().bias())) {
            assertThat(array.abs().max().getFloat()).isZero();
        }
    }

    private static void assertProduct(Denoiser denoiser, double[][] expected, double tolerance) {
        float[] product = product(denoiser);
        for (int row = 0; row < expected.length; row++) {
            for (int column = 0; column < expected.length; column++) {
                assertThat((double) product[row * expected.length + column])
                        .isCloseTo(expected[row][column], within(tolerance));
            }
        }
    }

    private static float[] product(Denoiser denoiser) {
        return denoiser.items().matMul(denoiser.output().weight()).toFloatArray();
    }

    /// `D_i^-1 X^T D_u^-1 X`, written out.
    private static double[][] walk(InteractionMatrix histories) {
        int[] counts = histories.columnCounts();
        double[][] walk = new double[counts.length][counts.length];
        for (int user = 0; user < histories.rows(); user++) {
            for (int from : histories.row(user)) {
                for (int to : histories.row(user)) {
                    walk[from][to] += 1.0 / counts[from] / histories.rowLength(user);
                }
            }
        }
        return walk;
    }

    private static double[] roots(InteractionMatrix histories) {
        return IntStream.of(histories.columnCounts())
                .mapToDouble(count -> Math.sqrt(Math.max(1, count)))
                .toArray();
    }

    /// `D^1/2 walk D^-1/2`, symmetric.
    private static double[][] scaled(double[][] walk, double[] roots) {
        double[][] symmetric = new double[roots.length][roots.length];
        for (int row = 0; row < roots.length; row++) {
            for (int column = 0; column < roots.length; column++) {
                symmetric[row][column] = walk[row][column] * roots[row] / roots[column];
            }
        }
        return symmetric;
    }

    /// Up to `3 + seed` items, one of them without users; a user may have none.
    private static InteractionMatrix histories(long seed) {
        var random = new SplittableRandom(seed);
        int items = 3 + (int) seed;
        List<int[]> rows = new ArrayList<>();
        for (int user = 0; user < 2 * items; user++) {
            rows.add(IntStream.range(0, items - 1)
                    .filter(_ -> random.nextInt(5) == 0)
                    .toArray());
        }
        return InteractionMatrix.of(items, rows);
    }
}
