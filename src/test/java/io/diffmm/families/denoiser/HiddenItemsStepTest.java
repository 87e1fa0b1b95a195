package io.diffmm.families.denoiser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.diffusion.StepEmbedding;
import io.diffmm.engine.EngineArrays;
import io.diffmm.engine.EngineScript;
import io.diffmm.families.denoiser.DenoiserSettings.Likelihood;
import io.diffmm.families.denoiser.Optimisation.ProductType;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Compares the loss and gradients of hidden items with float64 in plain Java and its central differences.
class HiddenItemsStepTest {

    private static final int ITEMS = 7;
    private static final int EMBEDDING = 4;
    private static final int[] STEPS = {1, 3, 5, 2};
    private static final List<int[]> SHOWN =
            List.of(new int[] {0, 3}, new int[] {1}, new int[] {2, 4, 6}, new int[] {5});
    private static final List<int[]> HIDDEN =
            List.of(new int[] {5}, new int[] {0, 6}, new int[] {1, 3, 5}, new int[] {2});

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

    @ParameterizedTest
    @CsvSource({"1, GAUSSIAN", "2, GAUSSIAN", "3, GAUSSIAN", "1, MULTINOMIAL", "2, MULTINOMIAL", "3, MULTINOMIAL"})
    void step_lossAndEveryGradient_matchFloat64(int hiddenLayers, Likelihood likelihood) {
        Denoiser denoiser = denoiser(List.of(5, 6, 4).subList(0, hiddenLayers));

        NDList results = step(denoiser, ProductType.FLOAT32, likelihood);

        new DenoiserOracle(denoiser).assertMatches(results, parameters -> loss(parameters, likelihood));
    }

    @Test
    void step_withDropout_dropsAShareOfTheInput_andScalesTheRest() {
        Denoiser denoiser = denoiser(List.of(1));
        denoiser.parameters("").forEach(parameter -> parameter.muli(0));
        EngineArrays.dense(manager, new float[] {0.01f, 0, 0, 0, 0, 0, 0}, new Shape(ITEMS, 1))
                .copyTo(denoiser.items());
        EngineScript program = program(denoiser, ProductType.FLOAT32, Likelihood.GAUSSIAN, 0.25);
        SparseRows shown = new SparseRows(ITEMS, List.of(new int[] {0}), List.of(new float[] {1}));
        SparseRows hidden = SparseRows.shares(ITEMS, List.of(new int[] {1}));
        int dropped = 0;
        for (int draw = 0; draw < 2_000; draw++) {
            try (NDManager scope = manager.newSubManager()) {
                // d loss / d V[0, item 1] = 2 h (0 - 1), h = tanh(0.01 / 0.75) if the item was kept
                float slope = forward(program, shown, hidden, new int[] {1}, scope)
                        .get(6)
                        .toFloatArray()[1];
                dropped += slope == 0 ? 1 : 0;
                assertThat(slope == 0 ? 0.01 / 0.75 : slope / -2).isCloseTo(0.01 / 0.75, within(1e-5));
            }
        }
        assertThat(dropped).isBetween(400, 600);
    }

    @Test
    void step_inBfloat16_isNearFloat32s() {
        Denoiser denoiser = denoiser(List.of(5, 6));

        NDList exact = step(denoiser, ProductType.FLOAT32, Likelihood.GAUSSIAN);
        NDList reduced = step(denoiser, ProductType.BFLOAT16, Likelihood.GAUSSIAN);

        for (int at = 0; at < exact.size(); at++) {
            double error = exact.get(at).sub(reduced.get(at)).norm().getFloat();
            assertThat(error)
                    .as("result %d", at)
                    .isLessThan(0.03 * exact.get(at).norm().getFloat());
        }
        assertThat(reduced.get(1).toFloatArray()).isNotEqualTo(exact.get(1).toFloatArray());
    }

    private NDList step(Denoiser denoiser, ProductType products, Likelihood likelihood) {
        return forward(
                program(denoiser, products, likelihood, 0),
                SparseRows.shares(ITEMS, SHOWN),
                SparseRows.shares(ITEMS, HIDDEN),
                STEPS,
                manager);
    }

    private EngineScript program(Denoiser denoiser, ProductType products, Likelihood likelihood, double dropout) {
        EngineScript program = DenoiserTask.open("hidden-items-step", denoiser, products, manager);
        float[] numbers = {(float) dropout, likelihood == Likelihood.MULTINOMIAL ? 1 : 0};
        program.call("weigh", manager, EngineArrays.dense(manager, numbers, new Shape(2)));
        return program;
    }

    private static NDList forward(
            EngineScript program, SparseRows shown, SparseRows hidden, int[] steps, NDManager scope) {
        return program.callForList(
                "forward",
                scope,
                shown.columns(scope),
                shown.offsets(scope),
                shown.values(scope),
                hidden.columns(scope),
                hidden.offsets(scope),
                hidden.values(scope),
                new StepEmbedding(EMBEDDING).of(steps, scope));
    }

    private Denoiser denoiser(List<Integer> hidden) {
        return Denoiser.random(manager, ITEMS, EMBEDDING, hidden);
    }

    /// The loss by its formula; parameters in the order of [Denoiser#parameters].
    private static double loss(List<double[]> parameters, Likelihood likelihood) {
        double total = 0;
        for (int row = 0; row < STEPS.length; row++) {
            double[] shown = shares(SHOWN.get(row));
            double[] hidden = shares(HIDDEN.get(row));
            double[] sinusoid = DenoiserOracle.doubles(new StepEmbedding(EMBEDDING).of(STEPS[row]));
            double[] predicted = DenoiserOracle.predicted(parameters, shown, sinusoid);
            total += switch (likelihood) {
                case GAUSSIAN -> distance(predicted, shown, hidden);
                case MULTINOMIAL -> DenoiserOracle.surprise(predicted, shown, hidden);
            };
        }
        return total / STEPS.length;
    }

    private static double distance(double[] predicted, double[] shown, double[] hidden) {
        double total = 0;
        for (int item = 0; item < ITEMS; item++) {
            double error = predicted[item] - hidden[item];
            total += shown[item] > 0 ? 0 : error * error;
        }
        return total;
    }

    private static double[] shares(int[] items) {
        double[] row = new double[ITEMS];
        for (int item : items) {
            row[item] = 1.0 / items.length;
        }
        return row;
    }
}
