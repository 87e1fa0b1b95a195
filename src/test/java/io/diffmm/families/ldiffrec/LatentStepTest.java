package io.diffmm.families.ldiffrec;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.diffusion.Prediction;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.diffusion.StepEmbedding;
import io.diffmm.engine.EngineArrays;
import io.diffmm.engine.EngineScript;
import io.diffmm.families.denoiser.DenoiserOracle;
import io.diffmm.families.denoiser.DenoiserTask;
import io.diffmm.families.denoiser.Optimisation.ProductType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Compares the loss and gradients of latent diffusion with float64 in plain Java and its central differences.
class LatentStepTest {

    private static final int ITEMS = 7;
    private static final int WIDTH = 4;
    private static final int EMBEDDING = 4;
    private static final int SEED = 17;
    private static final int[] GROUPS = {0, 1, 0, 0, 1, 0, 1};
    private static final float[] SHARES = {0.2f, 0.7f};
    private static final List<int[]> SHOWN =
            List.of(new int[] {0, 3}, new int[] {1}, new int[] {2, 4, 6}, new int[] {5});
    private static final List<int[]> TARGETS =
            List.of(new int[] {2}, new int[] {0, 6}, new int[] {1, 3, 5}, new int[] {4, 6});

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
    @CsvSource({"true, CLEAN, 0", "false, CLEAN, 0.4", "true, NOISE, 0.4", "false, NOISE, 0"})
    void step_lossAndEveryGradient_matchFloat64(boolean hides, Prediction prediction, double dropout) {
        LatentModel model = model();
        float[] rates = rates(prediction);
        double[][] draws = draws(dropout);

        NDList results = step(model, rates, hides, dropout);
        float[] errors = results.remove(1).toFloatArray();

        assertThat(errors).hasSize(SHOWN.size());
        assertMasked(results, model);
        new Masked(model).assertMatches(results, parameters -> loss(parameters, rates, draws, hides));
    }

    /// Oracle that leaves weights masked to zero unchanged.
    private record Masked(LatentModel model) {

        void assertMatches(NDList results, ToDoubleFunction<List<double[]>> loss) {
            float[] mask = model.mask().toFloatArray();
            new DenoiserOracle(model.parameters()).assertMatches(results, parameters -> {
                double[] mean = parameters.get(0).clone();
                double[] variance = parameters.get(2).clone();
                for (int at = 0; at < mask.length; at++) {
                    parameters.get(0)[at] *= mask[at];
                    parameters.get(2)[at] *= mask[at];
                }
                double value = loss.applyAsDouble(parameters);
                System.arraycopy(mean, 0, parameters.get(0), 0, mean.length);
                System.arraycopy(variance, 0, parameters.get(2), 0, variance.length);
                return value;
            });
        }
    }

    private static void assertMasked(NDList results, LatentModel model) {
        for (int weight : new int[] {1, 3}) {
            float[] gradient = results.get(weight).toFloatArray();
            float[] mask = model.mask().toFloatArray();
            assertThat(IntStream.range(0, mask.length)
                            .filter(at -> mask[at] == 0)
                            .filter(at -> gradient[at] != 0))
                    .isEmpty();
        }
    }

    @Test
    void step_twiceWithTheSameSeed_isTheSame() {
        LatentModel model = model();

        NDList first = step(model, rates(Prediction.CLEAN), true, 0.4);
        NDList second = step(model, rates(Prediction.CLEAN), true, 0.4);

        for (int at = 0; at < first.size(); at++) {
            assertThat(second.get(at).toFloatArray()).isEqualTo(first.get(at).toFloatArray());
        }
    }

    private LatentModel model() {
        Map<String, Object> tree = LDiffRecFixture.tree(Map.of("hidden", List.of(5, 6), "step-embedding", EMBEDDING));
        tree.put("latent", LDiffRecFixture.latent(WIDTH));
        LDiffRecSettings settings = new LDiffRecFamily().settings(tree);
        return LatentModel.random(manager, ITEMS, new ItemGroups(GROUPS, 2, WIDTH), settings);
    }

    /// Repeats the draws of the program, in its order: dropout factors of the entries, deviations of the latent
    /// rows, noise, and dropout factors of the noised latent rows.
    private double[][] draws(double dropout) {
        manager.getEngine().setRandomSeed(SEED);
        int entries = SHOWN.stream().mapToInt(row -> row.length).sum();
        Shape shape = new Shape(SHOWN.size(), WIDTH);
        double[] shown = kept(new Shape(entries), dropout);
        double[] draws = DenoiserOracle.doubles(manager.randomNormal(shape).toFloatArray());
        double[] noise = DenoiserOracle.doubles(manager.randomNormal(shape).toFloatArray());
        return new double[][] {draws, noise, shown, kept(shape, dropout)};
    }

    private double[] kept(Shape shape, double dropout) {
        double[] kept = new double[(int) shape.size()];
        if (dropout == 0) {
            Arrays.fill(kept, 1); // nothing is drawn
        } else {
            float[] drawn = manager.randomUniform(0, 1, shape).toFloatArray();
            Arrays.setAll(kept, at -> drawn[at] >= dropout ? 1 / (1 - dropout) : 0);
        }
        return kept;
    }

    private NDList step(LatentModel model, float[] rates, boolean hides, double dropout) {
        EngineScript program = DenoiserTask.open("latent-step", model.denoiser(), ProductType.FLOAT32, manager);
        NDList own = model.autoencoderWeights();
        program.call("encode", manager, own.get(0), own.get(1), own.get(2), own.get(3), model.mask());
        float[] numbers = {(float) dropout, (float) dropout, hides ? 1 : 0};
        program.call("decode", manager, own.get(4), own.get(5), EngineArrays.dense(manager, numbers, new Shape(3)));
        SparseRows shown = SparseRows.shares(ITEMS, SHOWN);
        SparseRows targets = SparseRows.clicks(ITEMS, TARGETS);
        int[] steps = {1, 2, 3, 4};
        manager.getEngine().setRandomSeed(SEED);
        return program.callForList(
                "forward",
                manager,
                shown.columns(manager),
                shown.offsets(manager),
                shown.values(manager),
                targets.columns(manager),
                targets.offsets(manager),
                targets.values(manager),
                EngineArrays.dense(manager, rates, new Shape(SHOWN.size(), 5)),
                new StepEmbedding(EMBEDDING).of(steps, manager),
                EngineArrays.dense(manager, SHARES, new Shape(2)));
    }

    private static float[] rates(Prediction prediction) {
        float[] rates = new float[SHOWN.size() * 5];
        for (int row = 0; row < SHOWN.size(); row++) {
            rates[5 * row] = 0.9f - 0.1f * row;
            rates[5 * row + 1] = 0.1f + 0.1f * row;
            rates[5 * row + 2] = 1 + 0.5f * row;
            rates[5 * row + 3] = prediction == Prediction.NOISE ? 1.1f + 0.1f * row : 0;
            rates[5 * row + 4] = prediction == Prediction.NOISE ? -0.3f - 0.1f * row : 1;
        }
        return rates;
    }

    /// The loss by its formula.
    private static double loss(List<double[]> parameters, float[] rates, double[][] draws, boolean hides) {
        double total = 0;
        int entry = 0;
        for (int row = 0; row < SHOWN.size(); row++) {
            double[] shown = new double[ITEMS];
            for (int item : SHOWN.get(row)) {
                shown[item] = draws[2][entry++] / SHOWN.get(row).length;
            }
            double[] mean = encoded(shown, parameters.get(0), parameters.get(1));
            double[] variance = encoded(shown, parameters.get(2), parameters.get(3));
            double[] latent = new double[WIDTH];
            double[] noised = new double[WIDTH];
            double divergence = 0;
            for (int l = 0; l < WIDTH; l++) {
                latent[l] = mean[l] + Math.exp(variance[l] / 2) * draws[0][row * WIDTH + l];
                noised[l] = rates[5 * row] * latent[l] + rates[5 * row + 1] * draws[1][row * WIDTH + l];
                divergence += (mean[l] * mean[l] + Math.exp(variance[l]) - variance[l] - 1) / 2;
            }
            double[] kept = Arrays.copyOfRange(draws[3], row * WIDTH, (row + 1) * WIDTH);
            double[] predicted = predicted(parameters, noised, kept, rates, row);
            double error = 0;
            for (int l = 0; l < WIDTH; l++) {
                error += (predicted[l] - latent[l]) * (predicted[l] - latent[l]);
            }
            total += surprise(parameters, predicted, row, hides)
                    + SHARES[0] * divergence
                    + SHARES[1] * rates[5 * row + 2] * error / WIDTH;
        }
        return total / SHOWN.size();
    }

    private static double[] predicted(
            List<double[]> parameters, double[] noised, double[] kept, float[] rates, int row) {
        double[] sinusoid = DenoiserOracle.doubles(new StepEmbedding(EMBEDDING).of(row + 1));
        double[] input = new double[WIDTH];
        Arrays.setAll(input, l -> noised[l] * kept[l]);
        double[] output = DenoiserOracle.predicted(parameters.subList(6, parameters.size()), input, sinusoid);
        Arrays.setAll(output, l -> rates[5 * row + 3] * noised[l] + rates[5 * row + 4] * output[l]);
        return output;
    }

    private static double surprise(List<double[]> parameters, double[] predicted, int row, boolean hides) {
        double[] scores = affine(predicted, parameters.get(4), parameters.get(5));
        double[] masked = new double[ITEMS];
        if (hides) {
            Arrays.stream(SHOWN.get(row)).forEach(item -> masked[item] = 1);
        }
        double[] targets = new double[ITEMS];
        Arrays.stream(TARGETS.get(row)).forEach(item -> targets[item] = 1);
        return DenoiserOracle.surprise(scores, masked, targets);
    }

    private static double[] encoded(double[] shown, double[] weight, double[] bias) {
        return Arrays.stream(affine(shown, weight, bias)).map(Math::tanh).toArray();
    }

    private static double[] affine(double[] input, double[] weight, double[] bias) {
        double[] output = bias.clone();
        for (int in = 0; in < input.length; in++) {
            for (int out = 0; out < output.length; out++) {
                output[out] += input[in] * weight[in * output.length + out];
            }
        }
        return output;
    }
}
