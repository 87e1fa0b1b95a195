package io.diffmm.families.diffmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.engine.VectorMath;
import io.diffmm.families.diffmm.BridgeTrainer.Batch;
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

/// Loss, gradients, batches and reverse process of the bridge, compared with [BridgeOracle].
class BridgeTrainerTest {

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
        var oracle = new BridgeOracle(settings(1 + (int) (seed % 3)), random);
        BridgeTrainer part = oracle.part(manager);
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
        var part = new BridgeTrainer(
                manager, settings(3), SIZE, new BridgeOracle(settings(3), new SplittableRandom(1)).histories);
        double[] user = BridgeOracle.unit(new double[] {1, -2, 3, 0.5});

        assertThat(ReverseBridge.of(part.parameters()).clean(user)).containsExactly(user, within(1e-15));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void draw_anyBatch_showsSomeItemsOfEachHistory_andNeverTheTarget(long seed) {
        var random = new SplittableRandom(seed);
        var oracle = new BridgeOracle(settings(3), random);
        BridgeTrainer part = oracle.part(manager);
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
        var oracle = new BridgeOracle(settings(3), new SplittableRandom(3));
        HistoryTrainer part = recommendation(Optional.of(settings(3)), oracle.histories);
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

    private HistoryTrainer recommendation(Optional<BridgeSettings> bridge, InteractionMatrix histories) {
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

    private static BridgeSettings settings(int steps) {
        return new BridgeSettings(steps, steps == 1 ? 0 : 0.7, BridgeOracle.HIDDEN, 0.3, 0.01, 0.001, 4, 2, 0.9);
    }
}
