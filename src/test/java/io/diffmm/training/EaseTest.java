package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.engine.PyTorch;
import io.diffmm.linear.RidgeRegression;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EaseTest {

    @SuppressWarnings("NullAway.Init") // before all tests
    private static NDManager manager;

    @BeforeAll
    static void open() {
        manager = PyTorch.engine().newBaseManager();
    }

    @AfterAll
    static void close() {
        manager.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void scores_equalSumOfRegressionRows(long seed) {
        InteractionMatrix train = interactions(new SplittableRandom(seed), 9, 1 + (int) seed * 2);

        try (Ease ease = Ease.fit(train, 5, _ -> new int[0], manager);
                RidgeRegression regression = RidgeRegression.fit(train, 5, manager)) {
            for (int user = 0; user < train.rows(); user++) {
                double[] sums = new double[train.columns()];
                for (int item : train.row(user)) {
                    Arrays.setAll(sums, other -> sums[other] + regression.weights(item)[other]);
                }
                float[] scores = ease.scores(train.row(user));
                for (int item = 0; item < sums.length; item++) {
                    assertThat((double) scores[item]).isCloseTo(sums[item], within(1e-6));
                }
            }
        }
    }

    @Test
    void scores_twoItemsOfOneUser_matchHandComputedWeights() {
        // X^T X + I = [2 1; 1 2], its inverse [2 -1; -1 2] / 3, so B_01 = 1/2.
        InteractionMatrix train = InteractionMatrix.of(2, List.of(new int[] {0, 1}));

        try (Ease ease = Ease.fit(train, 1, _ -> new int[0], manager)) {
            assertThat(ease.scores(new int[] {0})).containsExactly(0, 0.5f);
        }
    }

    @Test
    void rank_omitsExcludedItems_andFallsBackToPopularItems() {
        InteractionMatrix train = InteractionMatrix.of(4, List.of(new int[] {0, 1}, new int[] {0, 1}, new int[] {2}));
        HeldOutUser known = new HeldOutUser(OptionalInt.of(0), "known", new int[] {3});
        HeldOutUser stranger = new HeldOutUser(OptionalInt.empty(), "stranger", new int[] {3});
        BitSet first = new BitSet();
        first.set(0);

        try (Ease ease = Ease.fit(train, 5, user -> user.row().isPresent() ? new int[] {0} : new int[0], manager)) {
            List<int[]> ranked = ease.rank(List.of(known, stranger), _ -> first, 2);

            assertThat(ranked.get(0)).startsWith(1).doesNotContain(0);
            assertThat(ranked.get(1)).containsExactly(1, 2);
        }
    }

    @Test
    void close_leavesNoArrayBehind() {
        try (NDManager caller = manager.newSubManager()) {
            int before = caller.getManagedArrays().size();
            try (Ease ease = Ease.fit(interactions(new SplittableRandom(1), 9, 9), 2, _ -> new int[0], caller)) {
                ease.scores(new int[] {1, 2});
            }
            assertThat(caller.getManagedArrays()).hasSize(before);
        }
    }

    @Test
    void fit_lambdaNotPositive_isRejected() {
        InteractionMatrix train = InteractionMatrix.of(1, List.of(new int[] {0}));
        for (double lambda : new double[] {0, -1, Double.NaN}) {
            assertThatThrownBy(() -> Ease.fit(train, lambda, _ -> new int[0], manager))
                    .hasMessageContaining("lambda is " + lambda);
        }
    }

    private static InteractionMatrix interactions(SplittableRandom random, int users, int items) {
        List<int[]> rows = new ArrayList<>();
        for (int user = 0; user < users; user++) {
            rows.add(random.ints(1 + random.nextInt(6), 0, items).distinct().toArray());
        }
        return InteractionMatrix.of(items, rows);
    }
}
