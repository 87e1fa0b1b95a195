package io.diffmm.families.diffmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.engine.VectorMath;
<<<<<<< HEAD:src/test/java/io/diffmm/families/diffmm/BridgeTrainerTest.java
import io.diffmm.families.diffmm.BridgeTrainer.Batch;
import io.diffmm.families.diffmm.RecommendationForm.Bridge;
=======
import io.diffmm.families.diffmm.BridgePart.Batch;
>>>>>>> room/bridge:src/test/java/io/diffmm/families/diffmm/BridgePartTest.java
import io.diffmm.families.diffmm.RecommendationForm.History;
import io.diffmm.families.diffmm.RecommendationForm.Loss;
import io.diffmm.families.diffmm.RecommendationForm.Score;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

<<<<<<< HEAD:src/test/java/io/diffmm/families/diffmm/BridgeTrainerTest.java
/// Loss, gradients, batches and reverse process of the bridge, compared with the equations of
/// [BridgeTrainer] in float64, written with dense matrices.
class BridgeTrainerTest {
=======
/// Loss, gradients, batches and reverse process of the bridge, compared with [BridgeOracle].
class BridgePartTest {
>>>>>>> room/bridge:src/test/java/io/diffmm/families/diffmm/BridgePartTest.java

    private static final int ITEMS = BridgeOracle.ITEMS;
    private static final int SIZE = BridgeOracle.SIZE;
    private static final double STEP = 1e-5;

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
        manager.getEngine().setRandomSeed(5);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void loss_valueAndEveryGradient_matchFloat64WithoutTheUsersOwnEdges(long seed) {
        var random = new SplittableRandom(seed);
<<<<<<< HEAD:src/test/java/io/diffmm/families/diffmm/BridgeTrainerTest.java
        var oracle = new Oracle(settings(1 + (int) (seed % 3)), random);
        BridgeTrainer part = oracle.part(manager);
=======
        var oracle = new BridgeOracle(settings(1 + (int) (seed % 3)), random);
        BridgePart part = oracle.part(manager);
>>>>>>> room/bridge:src/test/java/io/diffmm/families/diffmm/BridgePartTest.java
        Batch batch = part.draw(oracle.trainable(), random);
        double[][] noise = BridgeOracle.matrix(batch.users().length, SIZE, random);

        NDList results = part.lossAndGradients(batch, BridgeOracle.array(noise, manager), manager);

        assertThat((double) results.getFirst().getFloat()).isCloseTo(oracle.loss(batch, noise), within(1e-5));
        for (int at = 0; at < 3; at++) {
            float[] gradient = results.get(1 + at).toFloatArray();
            double[][] parameter = oracle.parameters.get(at);
            assertThat(gradient).hasSize(parameter.length * parameter[0].length);
            for (int place = 0; place < gradient.length; place++) {
                double[] row = parameter[place / parameter[0].length];
                int column = place % parameter[0].length;
                assertThat((double) gradient[place])
                        .as("%d [%d]", at, place)
                        .isCloseTo(slope(oracle, batch, noise, row, column), within(2e-5));
            }
        }
    }

    private static double slope(BridgeOracle oracle, Batch batch, double[][] noise, double[] row, int column) {
        double kept = row[column];
        row[column] = kept + STEP;
        double above = oracle.loss(batch, noise);
        row[column] = kept - STEP;
        double below = oracle.loss(batch, noise);
        row[column] = kept;
        return (above - below) / (2 * STEP);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void clean_anyUser_isTheEndOfTheLoop(long seed) {
        var random = new SplittableRandom(seed);
        var oracle = new BridgeOracle(settings(1 + (int) (seed % 5)), random);
        ReverseBridge reverse = ReverseBridge.of(oracle.part(manager).parameters());
        double[] user = BridgeOracle.unit(BridgeOracle.matrix(1, SIZE, random)[0]);
        double[] given = user.clone();

        double[] clean = reverse.clean(user);

        assertThat(clean).containsExactly(oracle.reversed(user), within(1e-12));
        assertThat(user).containsExactly(given);
        assertThat(VectorMath.norm(clean)).isCloseTo(1, within(1e-12));
    }

    @Test
    void clean_ofAnUntrainedBridge_isTheUser() {
<<<<<<< HEAD:src/test/java/io/diffmm/families/diffmm/BridgeTrainerTest.java
        var part = new BridgeTrainer(
                manager, settings(3), SIZE, new Oracle(settings(3), new SplittableRandom(1)).histories);
        double[] user = unit(new double[] {1, -2, 3, 0.5});
=======
        var part = new BridgePart(
                manager, settings(3), SIZE, new BridgeOracle(settings(3), new SplittableRandom(1)).histories);
        double[] user = BridgeOracle.unit(new double[] {1, -2, 3, 0.5});
>>>>>>> room/bridge:src/test/java/io/diffmm/families/diffmm/BridgePartTest.java

        assertThat(ReverseBridge.of(part.parameters()).clean(user)).containsExactly(user, within(1e-15));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void draw_anyBatch_showsSomeItemsOfEachHistory_andNeverTheTarget(long seed) {
        var random = new SplittableRandom(seed);
<<<<<<< HEAD:src/test/java/io/diffmm/families/diffmm/BridgeTrainerTest.java
        var oracle = new Oracle(settings(3), random);
        BridgeTrainer part = oracle.part(manager);
=======
        var oracle = new BridgeOracle(settings(3), random);
        BridgePart part = oracle.part(manager);
>>>>>>> room/bridge:src/test/java/io/diffmm/families/diffmm/BridgePartTest.java
        for (int round = 0; round < 5; round++) {
            Batch batch = part.draw(oracle.trainable(), random);
            for (int row = 0; row < batch.users().length; row++) {
                List<Integer> history = Arrays.stream(oracle.histories.row((int) batch.users()[row]))
                        .boxed()
                        .toList();
                assertThat(BridgeOracle.shown(batch, row))
                        .isNotEmpty()
                        .doesNotHaveDuplicates()
                        .isSubsetOf(history)
                        .doesNotContain((int) batch.targets()[row]);
                assertThat(history).contains((int) batch.targets()[row]);
                assertThat(batch.steps()[row]).isBetween(1L, 3L);
            }
        }
    }

    @Test
    void epoch_beforeTheFirst_changesNothing_andLaterOnesBoundTheAverageToTheWeights() {
<<<<<<< HEAD:src/test/java/io/diffmm/families/diffmm/BridgeTrainerTest.java
        var oracle = new Oracle(settings(3), new SplittableRandom(3));
        HistoryTrainer part = recommendation(Optional.of(settings(3)), oracle.histories);
=======
        var oracle = new BridgeOracle(settings(3), new SplittableRandom(3));
        HistoryPart part = recommendation(Optional.of(settings(3)), oracle.histories);
>>>>>>> room/bridge:src/test/java/io/diffmm/families/diffmm/BridgePartTest.java
        float[] before = published(part, PublishedArrays.BRIDGE_OUTER);
        List<String> stages = new ArrayList<>();

        part.epoch(1, List.of(), new SplittableRandom(1), (stage, _) -> stages.add(stage));

        assertThat(stages).hasSize(part.steps(1)).containsOnly("recommendation");
        assertThat(published(part, PublishedArrays.BRIDGE_OUTER)).isEqualTo(before);
        stages.clear();
        part.epoch(2, List.of(), new SplittableRandom(2), (stage, _) -> stages.add(stage));
        assertThat(stages).hasSize(part.steps(2));
        assertThat(stages.stream().filter("bridge"::equals)).hasSize(Math.ceilDiv(oracle.trainable().length, 4));
        assertThat(published(part, PublishedArrays.BRIDGE_OUTER)).isNotEqualTo(before);
    }

    @Test
    void epoch_withABridge_leavesTheItemVectorsAsWithoutOne() {
        var oracle = new BridgeOracle(settings(3), new SplittableRandom(4));
        List<float[]> vectors = new ArrayList<>();
        for (Optional<BridgeSettings> bridge : List.of(Optional.<BridgeSettings>empty(), Optional.of(settings(3)))) {
            manager.getEngine().setRandomSeed(7);
            HistoryTrainer part = recommendation(bridge, oracle.histories);
            for (int number = 1; number <= 3; number++) {
                part.epoch(number, List.of(), new SplittableRandom(number), (_, _) -> {});
            }
            vectors.add(published(part, PublishedArrays.VECTORS));
        }

        assertThat(vectors.getLast()).isEqualTo(vectors.getFirst());
    }

<<<<<<< HEAD:src/test/java/io/diffmm/families/diffmm/BridgeTrainerTest.java
    private HistoryTrainer recommendation(Optional<Bridge> bridge, InteractionMatrix histories) {
=======
    private HistoryPart recommendation(Optional<BridgeSettings> bridge, InteractionMatrix histories) {
>>>>>>> room/bridge:src/test/java/io/diffmm/families/diffmm/BridgePartTest.java
        var form = new History(Loss.SOFTMAX, 0.4, 4, 0.3, Score.JOINT, 0, 1, 0, 0.5, 1, bridge);
        DiffMmSettings settings =
                SettingsFixture.with(SettingsFixture.small(1, 1, RecommendationForm.FeatureMapKind.LINEAR), form, SIZE);
        var features =
                new FeatureMatrix("a", ITEMS, 2, new float[] {1, 5, 4, 1, 2.5f, 3, 7, 8, 1, 1, 0, 3, 2, 6, 4, 4});
        return new HistoryTrainer(manager, settings, form, histories, List.of(features));
    }

    private float[] published(HistoryTrainer part, String name) {
        return part.published(List.of(), manager).get(name).toFloatArray();
    }

<<<<<<< HEAD:src/test/java/io/diffmm/families/diffmm/BridgeTrainerTest.java
    private static Bridge settings(int steps) {
        return new Bridge(steps, steps == 1 ? 0 : 0.7, HIDDEN, 0.3, 0.01, 0.001, 4, 2, 0.9);
    }

    private static List<Integer> shown(Batch batch, int row) {
        int end = row + 1 < batch.offsets().length ? (int) batch.offsets()[row + 1] : batch.shown().length;
        return Arrays.stream(batch.shown(), (int) batch.offsets()[row], end)
                .mapToObj(item -> (int) item)
                .toList();
    }

    private static double[][] matrix(int rows, int columns, RandomGenerator random) {
        double[][] matrix = new double[rows][columns];
        for (double[] row : matrix) {
            Arrays.setAll(row, _ -> (float) random.nextDouble(-1, 1));
        }
        return matrix;
    }

    private NDArray array(double[][] matrix) {
        float[] values = new float[matrix.length * matrix[0].length];
        for (int at = 0; at < values.length; at++) {
            values[at] = (float) matrix[at / matrix[0].length][at % matrix[0].length];
        }
        return EngineArrays.dense(manager, values, new Shape(matrix.length, matrix[0].length));
    }

    private static double[] unit(double[] vector) {
        double[] unit = vector.clone();
        VectorMath.scale(unit, 1 / VectorMath.norm(vector));
        return unit;
    }

    /// Bridge with random parameters over random base vectors e.
    private final class Oracle {

        final InteractionMatrix histories;
        final List<double[][]> parameters;
        private final Bridge settings;
        private final double[][] base; // e [I, d]

        Oracle(Bridge settings, RandomGenerator random) {
            this.settings = settings;
            List<int[]> rows = new ArrayList<>();
            for (int user = 0; user < USERS; user++) {
                int first = random.nextInt(ITEMS);
                rows.add(IntStream.range(0, ITEMS)
                        .filter(item -> item == first || random.nextInt(3) == 0)
                        .toArray());
            }
            this.histories = InteractionMatrix.of(ITEMS, rows);
            this.base = matrix(ITEMS, SIZE, random);
            this.parameters = List.of(
                    matrix(2 * SIZE, HIDDEN, random),
                    matrix(settings.steps(), HIDDEN, random),
                    matrix(HIDDEN, SIZE, random));
        }

        /// Returns a part with these parameters, both trained and published, on these vectors.
        BridgeTrainer part(NDManager owner) {
            var part = new BridgeTrainer(owner, settings, SIZE, histories);
            for (int at = 0; at < 3; at++) {
                part.parameters().get(at).set(array(parameters.get(at)).toFloatArray());
                part.trained().get(at).set(array(parameters.get(at)).toFloatArray());
            }
            double[][] received = new double[USERS][SIZE];
            for (int user = 0; user < USERS; user++) {
                for (int item : histories.row(user)) {
                    VectorMath.addScaled(received[user], base[item], edge(user, item));
                }
            }
            part.use(new NDList(array(vectors(-1)), array(received)));
            return part;
        }

        int[] trainable() {
            return IntStream.range(0, USERS)
                    .filter(user -> histories.rowLength(user) > 1)
                    .toArray();
        }

        private double edge(int user, int item) {
            return 1 / Math.sqrt((double) histories.rowLength(user) * histories.columnCounts()[item]);
        }

        /// Returns `z = e + R^T R e`, where one user's share is left out.
        private double[][] vectors(int without) {
            double[][] vectors = new double[ITEMS][];
            Arrays.setAll(vectors, item -> base[item].clone());
            for (int user = 0; user < USERS; user++) {
                for (int to : user == without ? new int[0] : histories.row(user)) {
                    for (int from : histories.row(user)) {
                        VectorMath.addScaled(vectors[to], base[from], edge(user, to) * edge(user, from));
                    }
                }
            }
            return vectors;
        }

        double loss(Batch batch, double[][] noise) {
            double sum = 0;
            for (int row = 0; row < noise.length; row++) {
                sum += loss(batch, row, noise[row]) / noise.length;
            }
            return sum;
        }

        private double loss(Batch batch, int row, double[] noise) {
            int at = (int) batch.users()[row];
            double[][] vectors = vectors(at);
            double[] user = new double[SIZE];
            shown(batch, row)
                    .forEach(item -> VectorMath.addScaled(
                            user, vectors[item], 1 / Math.sqrt(histories.columnCounts()[item])));
            double[] target = unit(vectors[(int) batch.targets()[row]]);
            double share = (double) batch.steps()[row] / settings.steps();
            double[] state = new double[SIZE];
            VectorMath.addScaled(state, target, 1 - share);
            VectorMath.addScaled(state, unit(user), share);
            VectorMath.addScaled(state, unit(noise), 2 * settings.noise() * share * (1 - share));
            double[] clean = clean(unit(state), unit(user), (int) batch.steps()[row]);
            double better = Math.exp(VectorMath.dot(clean, target) / settings.temperature());
            double all = better;
            double[][] whole = vectors(-1);
            for (int item = 0; item < ITEMS; item++) {
                if (Arrays.binarySearch(histories.row(at), item) < 0) {
                    all += Math.exp(VectorMath.dot(clean, unit(whole[item])) / settings.temperature());
                }
            }
            return -Math.log(better / all);
        }

        private double[] clean(double[] state, double[] user, int step) {
            double[] clean = state.clone();
            for (int h = 0; h < HIDDEN; h++) {
                double hidden = parameters.get(1)[step - 1][h];
                for (int at = 0; at < SIZE; at++) {
                    hidden += state[at] * parameters.get(0)[at][h]
                            + user[at] * parameters.get(0)[SIZE + at][h];
                }
                VectorMath.addScaled(clean, parameters.get(2)[h], Math.tanh(hidden));
            }
            return unit(clean);
        }

        double[] reversed(double[] user) {
            double[] state = user;
            double[] clean = user;
            for (int step = settings.steps(); step > 0; step--) {
                clean = clean(state, user, step);
                double share = (step - 1.0) / settings.steps();
                double[] next = new double[SIZE];
                VectorMath.addScaled(next, clean, 1 - share);
                VectorMath.addScaled(next, user, share);
                state = unit(next);
            }
            return clean;
        }
=======
    private static BridgeSettings settings(int steps) {
        return new BridgeSettings(steps, steps == 1 ? 0 : 0.7, BridgeOracle.HIDDEN, 0.3, 0.01, 0.001, 4, 2, 0.9);
>>>>>>> room/bridge:src/test/java/io/diffmm/families/diffmm/BridgePartTest.java
    }
}
