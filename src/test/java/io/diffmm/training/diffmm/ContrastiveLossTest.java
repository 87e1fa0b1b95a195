package io.diffmm.training.diffmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Holds the loss and its hand-made gradient against float64 in plain Java: the formula, and its central differences.
class ContrastiveLossTest {

    private static final double TAU = 0.5;
    private static final double STEP = 1e-6;

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
    @MethodSource("io.diffmm.Seeds#first20")
    void of_anyViews_matchesFloat64ValueAndGradients(long seed) {
        var random = new SplittableRandom(seed);
        int nodes = 2 + random.nextInt(6);
        int size = 1 + random.nextInt(4);
        double[] first = unitRows(random, nodes, size);
        double[] second = unitRows(random, nodes, size);
        int count = seed == 19 ? 300 : 1 + random.nextInt(5); // more than one block of anchors once
        int[] anchors = random.ints(count, 0, nodes).toArray();

        NDArray x = parameter(first, nodes, size);
        NDArray y = parameter(second, nodes, size);
        float value;
        try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
            NDArray loss = new ContrastiveLoss(TAU).of(x, y, new RowSelection(manager, longs(anchors), nodes));
            value = loss.getFloat();
            collector.backward(loss);
        }

        assertThat((double) value).isCloseTo(loss(first, second, anchors, size), within(1e-5));
        assertGradient(x.getGradient().toFloatArray(), first, () -> loss(first, second, anchors, size));
        assertGradient(y.getGradient().toFloatArray(), second, () -> loss(first, second, anchors, size));
    }

    private static void assertGradient(float[] gradient, double[] parameter, DoubleSupplier loss) {
        for (int at = 0; at < parameter.length; at++) {
            double kept = parameter[at];
            parameter[at] = kept + STEP;
            double above = loss.getAsDouble();
            parameter[at] = kept - STEP;
            double below = loss.getAsDouble();
            parameter[at] = kept;
            assertThat((double) gradient[at]).isCloseTo((above - below) / (2 * STEP), within(1e-4));
        }
    }

    private static double loss(double[] first, double[] second, int[] anchors, int size) {
        double total = 0;
        for (int anchor : anchors) {
            double denominator = 0;
            for (int node = 0; node < second.length / size; node++) {
                denominator += Math.exp(dot(first, anchor, second, node, size) / TAU);
            }
            total += Math.log(denominator) - dot(first, anchor, second, anchor, size) / TAU;
        }
        return total / anchors.length;
    }

    private static double dot(double[] a, int rowA, double[] b, int rowB, int size) {
        double sum = 0;
        for (int j = 0; j < size; j++) {
            sum += a[rowA * size + j] * b[rowB * size + j];
        }
        return sum;
    }

    private static double[] unitRows(SplittableRandom random, int rows, int size) {
        double[] values = random.doubles((long) rows * size, -1, 1).toArray();
        for (int row = 0; row < rows; row++) {
            double norm = Math.sqrt(dot(values, row, values, row, size));
            for (int j = 0; j < size; j++) {
                values[row * size + j] /= norm;
            }
        }
        return values;
    }

    private NDArray parameter(double[] values, int rows, int size) {
        float[] floats = new float[values.length];
        for (int at = 0; at < values.length; at++) {
            floats[at] = (float) values[at];
        }
        NDArray array = manager.create(floats, new Shape(rows, size));
        array.setRequiresGradient(true);
        return array;
    }

    private static long[] longs(int[] values) {
        return Arrays.stream(values).asLongStream().toArray();
    }
}
