package io.diffmm.linear;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.InteractionMatrix;
import java.util.ArrayList;
import java.util.List;

/// The ridge regression of every item on all others (EASE, Steck 2019, <https://arxiv.org/abs/1905.03375>), in closed
/// form.
///
/// With `X` the users' items and `P = inv(X^T X + lambda I)`, the weights are `B_ij = -P_ij / P_jj` and `B_jj = 0`; a
/// user's scores are the sum of `B`'s rows of the history. `P` is in float64: I x I numbers, and half as many more
/// while it is computed. Time grows with the cube of I.
///
/// Memory: owns `P` until it is closed. One thread uses it.
public final class RidgeRegression implements AutoCloseable {

    private final NDManager manager;
    private final List<NDArray> rows = new ArrayList<>(); // [width, I] each, the last may be lower
    private final int width;
    private final double[] diagonal;

    private RidgeRegression(SymmetricMatrix inverse, int width, NDManager manager) {
        this.manager = manager;
        this.width = width;
        this.diagonal = inverse.diagonal();
        for (int block = 0; block < inverse.blocks(); block++) {
            rows.add(inverse.wholeRows(block, manager));
        }
    }

    /// Fits the regression.
    ///
    /// @param lambda weight of the regularisation, above zero
    public static RidgeRegression fit(InteractionMatrix train, double lambda, NDManager parent) {
        return fit(train, lambda, parent, SymmetricMatrix.WIDTH);
    }

    static RidgeRegression fit(InteractionMatrix train, double lambda, NDManager parent, int width) {
        NDManager manager = parent.newSubManager();
        try (SymmetricMatrix matrix = new GramMatrix(train, lambda).blocks(width, manager)) {
            matrix.invert();
            return new RidgeRegression(matrix, width, manager);
        } catch (RuntimeException | Error e) {
            manager.close();
            throw e;
        }
    }

    /// I, how many items there are.
    public int size() {
        return diagonal.length;
    }

    /// What an item says of every item, a row of `B`.
    public double[] weights(int item) {
        double[] weights = inverse(item);
        for (int other = 0; other < weights.length; other++) {
            weights[other] = other == item ? 0 : -weights[other] / diagonal[other];
        }
        return weights;
    }

    private double[] inverse(int item) {
        try (NDArray row = rows.get(item / width).get(item % width)) {
            return row.toDoubleArray();
        }
    }

    /// Frees the regression.
    @Override
    public void close() {
        manager.close();
    }
}
