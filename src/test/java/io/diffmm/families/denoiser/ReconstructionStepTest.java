package io.diffmm.families.denoiser;

import static io.diffmm.families.denoiser.DenoiserOracle.doubles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.diffusion.Prediction;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.engine.EngineArrays;
import io.diffmm.engine.EngineScript;
import io.diffmm.families.denoiser.Optimisation.ProductType;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Compares the loss and gradients of reconstruction with float64 in plain Java and its central differences.
class ReconstructionStepTest {

    private static final int ITEMS = 7;
    private static final int EMBEDDING = 4;
    private static final int SIZE = 3;
    private static final int RATES = 5;
    private static final int SEED = 17;
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
    @CsvSource({"1, CLEAN, 0", "2, CLEAN, 0", "3, CLEAN, 0.4", "1, NOISE, 0", "3, NOISE, 0.4"})
    void step_lossAndEveryGradient_matchFloat64(int hiddenLayers, Prediction prediction, double dropout) {
        Denoiser denoiser = denoiser(List.of(5, 6, 4).subList(0, hiddenLayers));
        float[] rates = values(5 * RATES, 1);
        for (int row = 0; row < ROWS.size(); row++) {
            if (prediction == Prediction.CLEAN) {
                rates[RATES * row + 3] = 0;
                rates[RATES * row + 4] = 1;
            }
        }
        float[] embedding = values(5 * EMBEDDING, 2);
        float[] mapped = values(ITEMS * SIZE, 3);
        float[] items = values(ITEMS * SIZE, 4);

        EngineScript program = program(denoiser, dropout, prediction, false);
        manager.getEngine().setRandomSeed(SEED);
        NDList results = forward(program, manager, ROWS, rates, embedding, mapped, items);
        float[] errors = results.remove(1).toFloatArray();

        double[][] drawn = drawn(dropout);
        double[][] constants = {doubles(rates), doubles(embedding), doubles(mapped), doubles(items), drawn[0], drawn[1]
        };
        var oracle = new DenoiserOracle(denoiser);
        oracle.assertMatches(results, parameters -> loss(parameters, constants));
        for (int row = 0; row < ROWS.size(); row++) {
            int at = row;
            assertThat((double) errors[row])
                    .isCloseTo(oracle.loss(parameters -> error(parameters, constants, at)), within(1e-5));
        }
    }

    /// Repeats the draws of the program, in its order: noise, and dropout factors.
    private double[][] drawn(double dropout) {
        manager.getEngine().setRandomSeed(SEED);
        Shape shape = new Shape(ROWS.size(), ITEMS);
        double[] noise = doubles(manager.randomNormal(shape).toFloatArray());
        double[] kept = doubles(manager.randomUniform(0, 1, shape).toFloatArray());
        Arrays.setAll(kept, at -> dropout == 0 ? 1 : kept[at] >= dropout ? 1 / (1 - dropout) : 0);
        return new double[][] {noise, kept};
    }

    @Test
    void step_withoutSignal_isTheErrorAlone() {
        Denoiser denoiser = denoiser(List.of(5));
        float[] rates = values(5 * RATES, 1);
        IntStream.range(0, 5).forEach(row -> rates[RATES * row + 1] = 0);
        EngineScript program = DenoiserTask.open("reconstruction-step", denoiser, ProductType.FLOAT32, manager);
        program.call("weigh", manager, EngineArrays.dense(manager, new float[] {0, 0, 0}, new Shape(3)));

        NDList results = forward(program, manager, ROWS, rates, values(5 * EMBEDDING, 2), new float[0], new float[0]);

        double mean = results.get(1).mean().getFloat();
        assertThat((double) results.getFirst().getFloat()).isCloseTo(mean, within(1e-6));
    }

    @Test
    void step_inBfloat16_isNearFloat32s() {
        Denoiser denoiser = denoiser(List.of(5, 6));
        float[] rates = new float[5 * RATES];
        Arrays.fill(rates, 1);
        IntStream.range(0, 5).forEach(row -> rates[RATES * row + 1] = 0);
        float[][] inputs = {values(5 * EMBEDDING, 2), values(ITEMS * SIZE, 3), values(ITEMS * SIZE, 4)};

        NDList exact = forward(
                program(denoiser, 0, Prediction.CLEAN, false), manager, ROWS, rates, inputs[0], inputs[1], inputs[2]);
        NDList reduced = forward(
                program(denoiser, 0, Prediction.CLEAN, true), manager, ROWS, rates, inputs[0], inputs[1], inputs[2]);

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
        float[] rates = new float[RATES * rows];
        for (int row = 0; row < rows; row++) {
            rates[RATES * row] = 0.01f;
            rates[RATES * row + 1] = 0.002f;
            rates[RATES * row + 2] = 1;
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

    /// Returns the first item's entry in every noised row, passed on by a hidden layer: read from the gradient of an
    /// output layer of zeros, which predicts 0 for a target of 1.
    private float[] hiddenOfFirstItem(List<int[]> all, float[] rates, double dropout) {
        Denoiser denoiser = denoiser(List.of(1));
        denoiser.parameters("").forEach(parameter -> parameter.muli(0));
        float[] pass = new float[ITEMS];
        pass[0] = 1;
        EngineArrays.dense(manager, pass, new Shape(ITEMS, 1)).copyTo(denoiser.items());
        float[] hidden = new float[all.size()];
        EngineScript program = program(denoiser, dropout, Prediction.CLEAN, false);
        for (int row = 0; row < all.size(); row++) {
            float[] own = {rates[RATES * row], rates[RATES * row + 1], 1, 0, 1};
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
                hidden[row] = results.get(7).toFloatArray()[0] * -ITEMS / 2;
            }
        }
        return hidden;
    }

    private EngineScript program(Denoiser denoiser, double dropout, Prediction prediction, boolean reduced) {
        EngineScript program = DenoiserTask.open(
                "reconstruction-step", denoiser, reduced ? ProductType.BFLOAT16 : ProductType.FLOAT32, manager);
        float[] numbers = {(float) dropout, (float) SIGNAL_WEIGHT, prediction == Prediction.NOISE ? 1 : 0};
        program.call("weigh", manager, EngineArrays.dense(manager, numbers, new Shape(3)));
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
        var sparse = SparseRows.clicks(ITEMS, rows).weighted(ReconstructionStepTest::weights);
        return program.callForList(
                "forward",
                scope,
                sparse.columns(scope),
                sparse.offsets(scope),
                sparse.values(scope),
                EngineArrays.dense(scope, rates, new Shape(rows.size(), RATES)),
                EngineArrays.dense(scope, embedding, new Shape(rows.size(), EMBEDDING)),
                signal(scope, mapped),
                signal(scope, items));
    }

    private Denoiser denoiser(List<Integer> hidden) {
        return Denoiser.random(manager, ITEMS, EMBEDDING, hidden);
    }

    private static NDArray signal(NDManager scope, float[] values) {
        return EngineArrays.dense(
                scope, values, values.length == 0 ? new Shape(0) : new Shape(values.length / SIZE, SIZE));
    }

    /// Temporal weights: 1, 1.5 and so on.
    private static double[] weights(int length) {
        return IntStream.range(0, length).mapToDouble(at -> 1 + at / 2.0).toArray();
    }

    private static double[] clean(int row) {
        double[] clean = new double[ITEMS];
        int[] items = ROWS.get(row);
        for (int at = 0; at < items.length; at++) {
            clean[items[at]] = weights(items.length)[at];
        }
        return clean;
    }

    /// The loss by its formula; parameters in the order of [Denoiser#parameters].
    private static double loss(List<double[]> parameters, double[][] constants) {
        double total = 0;
        for (int row = 0; row < ROWS.size(); row++) {
            total += error(parameters, constants, row) / ROWS.size();
            double[] predicted = predicted(parameters, clean(row), constants, row);
            total += SIGNAL_WEIGHT * injected(predicted, clean(row), constants) / SIZE / ROWS.size();
        }
        return total;
    }

    private static double error(List<double[]> parameters, double[][] constants, int row) {
        double[] predicted = predicted(parameters, clean(row), constants, row);
        return constants[0][RATES * row + 2] * squares(predicted, clean(row)) / ITEMS;
    }

    private static double[] predicted(List<double[]> parameters, double[] clean, double[][] constants, int row) {
        double[] noised = new double[ITEMS];
        Arrays.setAll(
                noised,
                item -> constants[0][RATES * row] * clean[item]
                        + constants[0][RATES * row + 1] * constants[4][row * ITEMS + item]);
        double[] shown = noised.clone();
        Arrays.setAll(shown, item -> noised[item] * constants[5][row * ITEMS + item]);
        double[] sinusoid = Arrays.copyOfRange(constants[1], row * EMBEDDING, (row + 1) * EMBEDDING);
        double[] output = DenoiserOracle.predicted(parameters, shown, sinusoid);
        Arrays.setAll(
                output,
                item -> constants[0][RATES * row + 3] * noised[item] + constants[0][RATES * row + 4] * output[item]);
        return output;
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
