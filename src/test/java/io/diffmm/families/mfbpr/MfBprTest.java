package io.diffmm.families.mfbpr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.engine.EngineArrays;
import io.diffmm.engine.EngineScript;
import io.diffmm.families.denoiser.DenoiserOracle;
import io.diffmm.model.Recency;
import io.diffmm.retrieval.ItemVectors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Loss and gradients of the training step against float64 in plain Java and its central differences; user vectors
/// against their normal equations.
class MfBprTest {

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    /// Batches are longer than the numbers of users and items, so that both repeat; an item may even be positive and
    /// negative in one batch.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void step_lossAndEveryGradient_matchFloat64(long seed) {
        var random = new SplittableRandom(seed);
        int users = 2 + random.nextInt(4);
        int items = 2 + random.nextInt(5);
        int size = 1 + random.nextInt(6);
        double regularisation = random.nextBoolean() ? 0 : random.nextDouble(0.5);
        manager.getEngine().setRandomSeed((int) seed);
        var parameters = new MfBprTrainer.Parameters(
                manager.randomNormal(new Shape(users, size)),
                manager.randomNormal(new Shape(items, size)),
                manager.randomNormal(new Shape(items)));
        int batch = 8 + random.nextInt(8);
        long[][] triples = {
            random.longs(batch, 0, users).toArray(),
            random.longs(batch, 0, items).toArray(),
            random.longs(batch, 0, items).toArray()
        };

        NDList results = step(parameters, regularisation, triples);

        new DenoiserOracle(parameters.all())
                .assertMatches(results, values -> loss(values, triples, size, regularisation));
    }

    private NDList step(MfBprTrainer.Parameters parameters, double regularisation, long[][] triples) {
        EngineScript program = parameters.step(regularisation, manager);
        return program.differentiate(
                manager,
                EngineArrays.integers(manager, triples[0]),
                EngineArrays.integers(manager, triples[1]),
                EngineArrays.integers(manager, triples[2]));
    }

    /// The loss by its formula.
    private static double loss(List<double[]> values, long[][] triples, int size, double regularisation) {
        double total = 0;
        for (int at = 0; at < triples[0].length; at++) {
            int user = (int) triples[0][at];
            int positive = (int) triples[1][at];
            int negative = (int) triples[2][at];
            double margin = values.get(2)[positive] - values.get(2)[negative];
            double squares = Math.pow(values.get(2)[positive], 2) + Math.pow(values.get(2)[negative], 2);
            for (int f = 0; f < size; f++) {
                double u = values.get(0)[user * size + f];
                double p = values.get(1)[positive * size + f];
                double n = values.get(1)[negative * size + f];
                margin += u * (p - n);
                squares += u * u + p * p + n * n;
            }
            total += Math.log1p(Math.exp(-margin)) + regularisation / 2 * squares;
        }
        return total / triples[0].length;
    }

    @Test
    void step_afterAnUpdateOfTheParameters_usesTheNewValues() {
        var parameters = MfBprTrainer.Parameters.random(manager, 3, 4, 2);
        EngineScript program = parameters.step(0, manager);
        var one = EngineArrays.integers(manager, new long[] {1});
        var two = EngineArrays.integers(manager, new long[] {2});
        float before = program.differentiate(manager, one, one, two).getFirst().getFloat();

        parameters.biases().set(new float[] {0, 50, 0, 0});

        assertThat(before).isGreaterThan(0.1f);
        assertThat(program.differentiate(manager, one, one, two).getFirst().getFloat())
                .isLessThan(1e-6f);
    }

    @Test
    void random_vectors_areWithinTheBoundOfGlorot_andBiasesZero() {
        var parameters = MfBprTrainer.Parameters.random(manager, 200, 100, 50);

        assertThat(parameters.users().max().getFloat()).isBetween(0.9f * bound(250), bound(250));
        assertThat(parameters.items().min().getFloat()).isBetween(-bound(150), -0.9f * bound(150));
        assertThat(parameters.biases().toFloatArray()).hasSize(100).containsOnly(0);
    }

    private static float bound(int sum) {
        return (float) Math.sqrt(6.0 / sum);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void foldIn_anyHistory_satisfiesTheNormalEquations(long seed) {
        var random = new SplittableRandom(seed);
        int items = 5 + random.nextInt(30);
        int size = 1 + random.nextInt(20);
        double lambda = Math.pow(10, random.nextDouble(-2, 3));
        Recency recency = random.nextBoolean() ? Recency.NONE : new Recency(0.1, 2);
        ItemVectors vectors = vectors(items, size, (int) seed);
        int[] history = random.ints(0, items)
                .distinct()
                .limit(1 + random.nextInt(items))
                .toArray();

        double[] user = encode(vectors, lambda, recency, history);

        double[] residual = new double[size]; // sum_i w_i (v_i . u - 1) v_i + lambda u
        double[] weights = recency.weights(history.length);
        for (int f = 0; f < size; f++) {
            residual[f] = lambda * user[f];
        }
        for (int at = 0; at < history.length; at++) {
            double[] vector = vectors.vector(history[at]);
            double error = weights[at] * (vectors.product(user, history[at]) - vectors.bias(history[at]) - 1);
            for (int f = 0; f < size; f++) {
                residual[f] += error * vector[f];
            }
        }
        assertThat(user).hasSize(size);
        assertThat(residual).containsExactly(new double[size], within(1e-9));
    }

    @Test
    void foldIn_oneItem_isItsVectorDividedByItsSquaredNormAndLambda() {
        ItemVectors vectors = new ItemVectors(
                EngineArrays.copied(EngineArrays.dense(manager, new float[] {3, 4}, new Shape(1, 2)), manager),
                EngineArrays.memory(manager, Float.BYTES),
                2);

        assertThat(encode(vectors, 5, Recency.NONE, 0)).containsExactly(new double[] {0.1, 4 / 30.0}, within(1e-15));
    }

    @Test
    void foldIn_inABatch_isBitEqual() {
        ItemVectors vectors = vectors(40, 16, 1);
        var users = new MfBprFamily.FoldIn(vectors, 0.5);
        int[][] histories = {{0}, {3, 9, 12}, {39, 1}};

        var together = users.encode(List.of(histories), Recency.NONE);

        for (int at = 0; at < histories.length; at++) {
            assertThat(together.get(at).vector()).isEqualTo(encode(vectors, 0.5, Recency.NONE, histories[at]));
        }
    }

    private static double[] encode(ItemVectors vectors, double lambda, Recency recency, int... history) {
        return new MfBprFamily.FoldIn(vectors, lambda)
                .encode(List.of(history), recency)
                .getFirst()
                .vector();
    }

    private ItemVectors vectors(int items, int size, int seed) {
        manager.getEngine().setRandomSeed(seed);
        return ItemVectors.of(
                manager.randomNormal(new Shape(items, size)), manager.randomNormal(new Shape(items)), manager);
    }

    @ParameterizedTest
    @CsvSource({
        "embedding-size, 0, embedding-size is 0; need 1 to 1024",
        "fold-in, 0, fold-in is 0.0; need a positive number",
        "learning-rate, -1, optimisation.learning-rate is -1.0; need a positive number",
        "regularisation, -1, optimisation.regularisation is -1.0; need at least 0.0",
        "batch-size, 0, optimisation.batch-size is 0.0; need at least 1.0",
        "epochs, 0, optimisation.epochs is 0.0; need at least 1.0",
        "patience, 0, optimisation.patience is 0.0; need at least 1.0",
        "interval, 0, optimisation.interval is 0.0; need at least 1.0"
    })
    void settings_outOfRange_areRefused(String name, int value, String message) {
        Map<String, Object> optimisation = new HashMap<>(Map.of(
                "learning-rate", 0.1, "regularisation", 0, "batch-size", 4, "epochs", 2, "patience", 2, "interval", 1));
        Map<String, Object> tree =
                new HashMap<>(Map.of("embedding-size", 2, "fold-in", 1, "optimisation", optimisation));
        MfBprFamily family = new MfBprFamily();
        assertThat(family.settings(tree).embeddingSize()).isEqualTo(2);

        (tree.containsKey(name) ? tree : optimisation).put(name, value);

        assertThatThrownBy(() -> family.settings(tree)).hasMessageContaining(message);
    }
}
