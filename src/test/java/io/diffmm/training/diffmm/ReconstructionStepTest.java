package io.diffmm.training.diffmm;

import static io.diffmm.training.diffmm.DenoiserOracle.doubles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.engine.EngineArrays;
import io.diffmm.engine.EngineScript;
import io.diffmm.model.diffmm.Products;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Holds the loss and gradients of reconstruction against float64 in plain Java and its central differences.
class ReconstructionStepTest {

    private static final int ITEMS = 7;
    private static final int EMBEDDING = 4;
    private static final int SIZE = 3;
    private static final double SIGNAL_WEIGHT = 0.3;
    private static final List<int[]> ROWS =
            List.of(new int[] {0, 3}, new int[] {1}, new int[0], new int[] {2, 4, 6}, new int[] {5});

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
        float[] rates = values(5 * 3, 1);
        for (int row = 0; row < ROWS.size(); row++) {
            rates[3 * row + 1] = 0; // no noise: the oracle has no generator
        }
        float[] embedding = values(5 * EMBEDDING, 2);
        float[] mapped = values(ITEMS * SIZE, 3);
        float[] items = values(ITEMS * SIZE, 4);

        NDList results = step(denoiser, 0, rates, embedding, mapped, items);

        double[][] constants = {doubles(rates), doubles(embedding), doubles(mapped), doubles(items)};
        new DenoiserOracle(denoiser).assertMatches(results, parameters -> loss(parameters, constants));
    }

    @Test
    void step_inBfloat16_isNearFloat32s() {
        Denoiser denoiser = denoiser(List.of(5, 6));
        float[] rates = new float[5 * 3];
        Arrays.fill(rates, 1);
        IntStream.range(0, 5).forEach(row -> rates[3 * row + 1] = 0);
        float[][] inputs = {values(5 * EMBEDDING, 2), values(ITEMS * SIZE, 3), values(ITEMS * SIZE, 4)};

        NDList exact = forward(program(denoiser, 0, false), manager, ROWS, rates, inputs[0], inputs[1], inputs[2]);
        NDList reduced = forward(program(denoiser, 0, true), manager, ROWS, rates, inputs[0], inputs[1], inputs[2]);

        for (int at = 0; at < exact.size(); at++) {
            double error = exact.get(at).sub(reduced.get(at)).norm().getFloat();
            assertThat(error)
                    .as("result %d", at)
                    .isLessThan(0.03 * exact.get(at).norm().getFloat());
        }
        assertThat(reduced.get(1).toFloatArray()).isNotEqualTo(exact.get(1).toFloatArray());
    }

    @Test
    void step_dropoutAndNoise_haveTheirShareAndScale() {
        int rows = 4000;
        List<int[]> all = Collections.nCopies(rows, new int[] {0});
        float[] rates = new float[3 * rows];
        for (int row = 0; row < rows; row++) {
            rates[3 * row] = 0.01f;
            rates[3 * row + 1] = 0.002f;
            rates[3 * row + 2] = 1;
        }
        float[] hidden = hiddenOfFirstItem(all, rates, 0.25);

        long dropped = IntStream.range(0, rows).filter(row -> hidden[row] == 0).count();
        double[] kept = IntStream.range(0, rows)
                .filter(row -> hidden[row] != 0)
                .mapToDouble(row -> hidden[row])
                .toArray();
        double mean = Arrays.stream(kept).average().orElseThrow();
        double variance = Arrays.stream(kept)
                .map(value -> (value - mean) * (value - mean))
                .average()
                .orElseThrow();
        assertThat(dropped / (double) rows).isCloseTo(0.25, within(0.03));
        assertThat(mean).isCloseTo(0.01 / 0.75, within(2e-4));
        assertThat(Math.sqrt(variance)).isCloseTo(0.002 / 0.75, within(2e-4));
    }

    /// The first item's number in every noised row, which a hidden layer passes on: read from the gradient of
    /// an output layer of zeros, which predicts 0 where 1 is right.
    private float[] hiddenOfFirstItem(List<int[]> all, float[] rates, double dropout) {
        Denoiser denoiser = denoiser(List.of(1));
        denoiser.parameters("").forEach(parameter -> parameter.muli(0));
        float[] pass = new float[ITEMS];
        pass[0] = 1;
        EngineArrays.dense(manager, pass, new Shape(ITEMS, 1)).copyTo(denoiser.items());
        float[] hidden = new float[all.size()];
        EngineScript program = program(denoiser, dropout, false);
        for (int row = 0; row < all.size(); row++) {
            float[] own = {rates[3 * row], rates[3 * row + 1], 1};
            try (NDManager scope = manager.newSubManager()) {
                NDList results = forward(
                        program,
                        scope,
                        List.of(new int[] {0}),
                        own,
                        new float[EMBEDDING],
                        new float[ITEMS * SIZE],
                        new float[ITEMS * SIZE]);
                // d loss / d V[0, item 0] = 2 h (0 - 1) / I
                hidden[row] = results.get(6).toFloatArray()[0] * -ITEMS / 2;
            }
        }
        return hidden;
    }

    private NDList step(
            Denoiser denoiser, double dropout, float[] rates, float[] embedding, float[] mapped, float[] items) {
        return forward(program(denoiser, dropout, false), manager, ROWS, rates, embedding, mapped, items);
    }

    private EngineScript program(Denoiser denoiser, double dropout, boolean reduced) {
        EngineScript program = DenoiserProgram.open(
                "reconstruction-step", denoiser, reduced ? Products.BFLOAT16 : Products.FLOAT32, manager);
        float[] numbers = {(float) dropout, (float) SIGNAL_WEIGHT};
        program.call("weigh", manager, EngineArrays.dense(manager, numbers, new Shape(2)));
        return program;
    }

    private static NDList forward(
            EngineScript program,
            NDManager scope,
            List<int[]> rows,
            float[] rates,
            float[] embedding,
            float[] mapped,
            float[] items) {
        var sparse = SparseRows.clicks(ITEMS, rows);
        return program.callForList(
                "forward",
                scope,
                sparse.columns(scope),
                sparse.offsets(scope),
                EngineArrays.dense(scope, rates, new Shape(rows.size(), 3)),
                EngineArrays.dense(scope, embedding, new Shape(rows.size(), EMBEDDING)),
                EngineArrays.dense(scope, mapped, new Shape(ITEMS, SIZE)),
                EngineArrays.dense(scope, items, new Shape(ITEMS, SIZE)));
    }

    private Denoiser denoiser(List<Integer> hidden) {
        return Denoiser.random(manager, ITEMS, EMBEDDING, hidden);
    }

    /// The loss by its formula; parameters in the order of [Denoiser#parameters].
    private static double loss(List<double[]> parameters, double[][] constants) {
        double total = 0;
        for (int row = 0; row < ROWS.size(); row++) {
            double[] clean = new double[ITEMS];
            for (int item : ROWS.get(row)) {
                clean[item] = 1;
            }
            double[] predicted = predicted(parameters, clean, constants, row);
            total += constants[0][3 * row + 2] * squares(predicted, clean) / ITEMS / ROWS.size();
            total += SIGNAL_WEIGHT * injected(predicted, clean, constants) / SIZE / ROWS.size();
        }
        return total;
    }

    private static double[] predicted(List<double[]> parameters, double[] clean, double[][] constants, int row) {
        double[] noised = new double[ITEMS];
        Arrays.setAll(noised, item -> constants[0][3 * row] * clean[item]);
        double[] sinusoid = Arrays.copyOfRange(constants[1], row * EMBEDDING, (row + 1) * EMBEDDING);
        return DenoiserOracle.predicted(parameters, noised, sinusoid);
    }

    private static double squares(double[] predicted, double[] clean) {
        double sum = 0;
        for (int item = 0; item < ITEMS; item++) {
            sum += (predicted[item] - clean[item]) * (predicted[item] - clean[item]);
        }
        return sum;
    }

    private static double injected(double[] predicted, double[] clean, double[][] constants) {
        double sum = 0;
        for (int j = 0; j < SIZE; j++) {
            double difference = 0;
            for (int item = 0; item < ITEMS; item++) {
                difference +=
                        predicted[item] * constants[2][item * SIZE + j] - clean[item] * constants[3][item * SIZE + j];
            }
            sum += difference * difference;
        }
        return sum;
    }

    private static float[] values(int count, long seed) {
        var random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int at = 0; at < count; at++) {
            values[at] = (float) random.nextDouble(0.1, 1);
        }
        return values;
    }
}
