package io.diffmm.families.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.engine.EngineArrays;
import io.diffmm.engine.VectorMath;
import io.diffmm.families.diffmm.BridgeTrainer.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Bridge with random parameters over random base vectors e: the equations of [BridgeTrainer] in float64,
/// written with dense matrices.
final class BridgeOracle {

    private static final int USERS = 9;
    static final int ITEMS = 8;
    static final int SIZE = 4;
    static final int HIDDEN = 3;

    final InteractionMatrix histories;
    final List<double[][]> parameters;
    private final BridgeSettings settings;
    private final double[][] base; // e [I, d]

    BridgeOracle(BridgeSettings settings, RandomGenerator random) {
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
            part.parameters().get(at).set(array(parameters.get(at), owner).toFloatArray());
            part.trained().get(at).set(array(parameters.get(at), owner).toFloatArray());
        }
        double[][] received = new double[USERS][SIZE];
        for (int user = 0; user < USERS; user++) {
            for (int item : histories.row(user)) {
                VectorMath.addScaled(received[user], base[item], edge(user, item));
            }
        }
        part.use(new NDList(array(vectors(-1), owner), array(received, owner)));
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

    static List<Integer> shown(Batch batch, int row) {
        int end = row + 1 < batch.offsets().length ? (int) batch.offsets()[row + 1] : batch.shown().length;
        return Arrays.stream(batch.shown(), (int) batch.offsets()[row], end)
                .mapToObj(item -> (int) item)
                .toList();
    }

    static double[][] matrix(int rows, int columns, RandomGenerator random) {
        double[][] matrix = new double[rows][columns];
        for (double[] row : matrix) {
            Arrays.setAll(row, _ -> (float) random.nextDouble(-1, 1));
        }
        return matrix;
    }

    static NDArray array(double[][] matrix, NDManager manager) {
        float[] values = new float[matrix.length * matrix[0].length];
        for (int at = 0; at < values.length; at++) {
            values[at] = (float) matrix[at / matrix[0].length][at % matrix[0].length];
        }
        return EngineArrays.dense(manager, values, new Shape(matrix.length, matrix[0].length));
    }

    static double[] unit(double[] vector) {
        double[] unit = vector.clone();
        VectorMath.scale(unit, 1 / VectorMath.norm(vector));
        return unit;
    }
}
