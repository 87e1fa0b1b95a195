package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.engine.EngineArrays;
import io.diffmm.training.AdamOptimiser.TrainingDivergedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdamOptimiserTest {

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.3})
    void step_threeTimes_matchesFloat64AdamW(double decay) {
        NDArray parameter = parameter(1, -2);
        AdamOptimiser optimiser = new AdamOptimiser(manager, "o", new NDList(parameter), 0.1, decay);
        double[] expected = {1, -2};
        double[] mean = new double[2];
        double[] variance = new double[2];

        for (int step = 1; step <= 3; step++) {
            float loss = optimiser.step(scope -> square(parameter, scope));
            assertThat((double) loss).isCloseTo(expected[0] * expected[0] + expected[1] * expected[1], within(1e-5));
            for (int at = 0; at < 2; at++) {
                double gradient = 2 * expected[at];
                mean[at] = 0.9 * mean[at] + 0.1 * gradient;
                variance[at] = 0.999 * variance[at] + 0.001 * gradient * gradient;
                double unbiasedMean = mean[at] / (1 - Math.pow(0.9, step));
                double unbiasedVariance = variance[at] / (1 - Math.pow(0.999, step));
                expected[at] -= 0.1 * decay * expected[at];
                expected[at] -= 0.1 * unbiasedMean / (Math.sqrt(unbiasedVariance) + 1e-8);
            }
            assertThat((double) parameter.toFloatArray()[0]).isCloseTo(expected[0], within(1e-5));
            assertThat((double) parameter.toFloatArray()[1]).isCloseTo(expected[1], within(1e-5));
        }
    }

    @Test
    void step_leavesNoArrayBehind() {
        NDArray parameter = parameter(1, -2);
        AdamOptimiser optimiser = new AdamOptimiser(manager, "o", new NDList(parameter), 0.1);
        optimiser.step(scope -> square(parameter, scope));
        int before = manager.getManagedArrays().size();

        optimiser.step(scope -> square(parameter, scope));

        assertThat(manager.getManagedArrays()).hasSize(before);
    }

    @Test
    void step_lossNotFinite_throwsAndChangesNothing() {
        NDArray parameter = parameter(-1);
        AdamOptimiser optimiser = new AdamOptimiser(manager, "o", new NDList(parameter), 0.1);

        assertThatThrownBy(() -> optimiser.step(_ -> new NDList(parameter.log().sum(), parameter.zerosLike())))
                .isInstanceOf(TrainingDivergedException.class)
                .hasMessageContaining("NaN");
        assertThat(parameter.toFloatArray()).containsExactly(-1);
    }

    @Test
    void restore_continuesLikeUninterruptedOptimiser() {
        NDArray straight = parameter(3);
        AdamOptimiser whole = new AdamOptimiser(manager, "o", new NDList(straight), 0.1);
        NDArray interrupted = parameter(3);
        AdamOptimiser first = new AdamOptimiser(manager, "o", new NDList(interrupted), 0.1);
        whole.step(scope -> square(straight, scope));
        first.step(scope -> square(interrupted, scope));

        AdamOptimiser second = new AdamOptimiser(manager, "o", new NDList(interrupted), 0.1);
        second.restore(first.state(manager));
        whole.step(scope -> square(straight, scope));
        second.step(scope -> square(interrupted, scope));

        assertThat(interrupted.toFloatArray()).containsExactly(straight.toFloatArray());
    }

    /// Returns the sum of squares and its gradient, in a scope of the parameter.
    private static NDList square(NDArray parameter, NDManager scope) {
        try (NDArray squares = parameter.square();
                NDArray gradient = parameter.mul(2)) {
            NDArray loss = squares.sum();
            loss.attach(scope);
            NDArray own = gradient.duplicate();
            own.attach(scope);
            return new NDList(loss, own);
        }
    }

    private NDArray parameter(float... values) {
        NDArray parameter = EngineArrays.dense(manager, values, new Shape(values.length));
        parameter.setName("p");
        return parameter;
    }
}
