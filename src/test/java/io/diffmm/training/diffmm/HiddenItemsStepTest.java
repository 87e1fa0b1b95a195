package io.diffmm.training.diffmm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.diffusion.StepEmbedding;
import io.diffmm.engine.EngineScript;
import io.diffmm.model.diffmm.Products;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Holds the loss and gradients of hidden items against float64 in plain Java and its central differences.
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
    @ValueSource(ints = {1, 2, 3})
    void step_lossAndEveryGradient_matchFloat64(int hiddenLayers) {
        Denoiser denoiser = denoiser(List.of(5, 6, 4).subList(0, hiddenLayers));

        NDList results = step(denoiser, Products.FLOAT32);

        new DenoiserOracle(denoiser).assertMatches(results, HiddenItemsStepTest::loss);
    }

    @Test
    void step_inBfloat16_isNearFloat32s() {
        Denoiser denoiser = denoiser(List.of(5, 6));

        NDList exact = step(denoiser, Products.FLOAT32);
        NDList reduced = step(denoiser, Products.BFLOAT16);

        for (int at = 0; at < exact.size(); at++) {
            double error = exact.get(at).sub(reduced.get(at)).norm().getFloat();
            assertThat(error)
                    .as("result %d", at)
                    .isLessThan(0.03 * exact.get(at).norm().getFloat());
        }
        assertThat(reduced.get(1).toFloatArray()).isNotEqualTo(exact.get(1).toFloatArray());
    }

    private NDList step(Denoiser denoiser, Products products) {
        EngineScript program = DenoiserProgram.open("hidden-items-step", denoiser, products, manager);
        SparseRows shown = SparseRows.shares(ITEMS, SHOWN);
        SparseRows hidden = SparseRows.shares(ITEMS, HIDDEN);
        return program.callForList(
                "forward",
                manager,
                shown.columns(manager),
                shown.offsets(manager),
                shown.values(manager),
                hidden.columns(manager),
                hidden.offsets(manager),
                hidden.values(manager),
                new StepEmbedding(EMBEDDING).of(STEPS, manager));
    }

    private Denoiser denoiser(List<Integer> hidden) {
        return Denoiser.random(manager, ITEMS, EMBEDDING, hidden);
    }

    /// The loss by its formula; parameters in the order of [Denoiser#parameters].
    private static double loss(List<double[]> parameters) {
        double total = 0;
        for (int row = 0; row < STEPS.length; row++) {
            double[] shown = shares(SHOWN.get(row));
            double[] hidden = shares(HIDDEN.get(row));
            double[] sinusoid = DenoiserOracle.doubles(new StepEmbedding(EMBEDDING).of(STEPS[row]));
            double[] predicted = DenoiserOracle.predicted(parameters, shown, sinusoid);
            for (int item = 0; item < ITEMS; item++) {
                double error = predicted[item] - hidden[item];
                total += shown[item] > 0 ? 0 : error * error / STEPS.length;
            }
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
