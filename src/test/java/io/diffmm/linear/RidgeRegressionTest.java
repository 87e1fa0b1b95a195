package io.diffmm.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.engine.PyTorch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RidgeRegressionTest {

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
    void weights_equalTheDenseClosedForm(long seed) {
        var random = new SplittableRandom(seed);
        int items = 1 + (int) seed * 2;
        InteractionMatrix train = interactions(random, 1 + random.nextInt(30), items);
        double lambda = random.nextDouble(0.5, 30);
        double[][] expected = weights(train, lambda);

        try (RidgeRegression regression = RidgeRegression.fit(train, lambda, manager, 1 + random.nextInt(8))) {
            assertThat(regression.size()).isEqualTo(items);
            for (int item = 0; item < items; item++) {
                assertThat(regression.weights(item)).containsExactly(expected[item], within(1e-9));
            }
        }
    }

    @Test
    void close_freesAllArrays() {
        try (NDManager caller = manager.newSubManager()) {
            int before = caller.getManagedArrays().size();
            try (RidgeRegression regression =
                    RidgeRegression.fit(interactions(new SplittableRandom(1), 9, 9), 2, caller, 4)) {
                regression.weights(3);
            }
            assertThat(caller.getManagedArrays()).hasSize(before);
        }
    }

    @Test
    void lambda_mustBeAboveZero() {
        InteractionMatrix train = InteractionMatrix.of(1, List.of(new int[] {0}));
        for (double lambda : new double[] {0, -1, Double.NaN}) {
            assertThatThrownBy(() -> RidgeRegression.fit(train, lambda, manager))
                    .hasMessageContaining("lambda is " + lambda);
        }
    }

    static InteractionMatrix interactions(SplittableRandom random, int users, int items) {
        List<int[]> rows = new ArrayList<>();
        for (int user = 0; user < users; user++) {
            rows.add(random.ints(1 + random.nextInt(6), 0, items).distinct().toArray());
        }
        return InteractionMatrix.of(items, rows);
    }

    /// Returns B by inverting the dense matrix without blocks.
    private static double[][] weights(InteractionMatrix train, double lambda) {
        int items = train.columns();
        double[][] gram = new double[items][items];
        for (int user = 0; user < train.rows(); user++) {
            for (int left : train.row(user)) {
                for (int right : train.row(user)) {
                    gram[left][right]++;
                }
            }
        }
        for (int item = 0; item < items; item++) {
            gram[item][item] += lambda;
        }
        double[][] inverse = inverse(gram);
        double[][] weights = new double[items][items];
        for (int i = 0; i < items; i++) {
            for (int j = 0; j < items; j++) {
                weights[i][j] = i == j ? 0 : -inverse[i][j] / inverse[j][j];
            }
        }
        return weights;
    }

    /// Inverts by Gauss-Jordan elimination.
    private static double[][] inverse(double[][] matrix) {
        int n = matrix.length;
        double[][] both = new double[n][];
        for (int row = 0; row < n; row++) {
            both[row] = Arrays.copyOf(matrix[row], 2 * n);
            both[row][n + row] = 1;
        }
        for (int pivot = 0; pivot < n; pivot++) {
            double scale = both[pivot][pivot];
            for (int column = 0; column < 2 * n; column++) {
                both[pivot][column] /= scale;
            }
            for (int row = 0; row < n; row++) {
                double factor = row == pivot ? 0 : both[row][pivot];
                for (int column = 0; column < 2 * n; column++) {
                    both[row][column] -= factor * both[pivot][column];
                }
            }
        }
        return Arrays.stream(both).map(row -> Arrays.copyOfRange(row, n, 2 * n)).toArray(double[][]::new);
    }
}
