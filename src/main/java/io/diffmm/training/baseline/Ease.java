package io.diffmm.training.baseline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.HeldOutUser;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.evaluation.Popularity;
import io.diffmm.evaluation.Ranker;
import io.diffmm.ranking.TopK;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;

/// EASE (Steck 2019, <https://arxiv.org/abs/1905.03375>): linear regression of every item on all others.
///
/// With `X` the users' items, `P = inv(X^T X + lambda I)` and `B_ij = -P_ij / P_jj`, `B_jj = 0`, a user's
/// scores are the sum of `B`'s rows of the history. `P` is in float64: I x I numbers, and half as many more
/// while it is computed. Somebody without a history gets the popular items.
///
/// Memory: owns `P` until it is closed. One thread uses it.
public final class Ease implements Ranker, AutoCloseable {

    private final NDManager manager;
    private final List<NDArray> rows = new ArrayList<>(); // [WIDTH, I] each, the last may be lower
    private final int width;
    private final double[] diagonal;
    private final Function<HeldOutUser, int[]> histories;
    private final Popularity popularity;

    private Ease(
            SymmetricMatrix inverse,
            int width,
            Function<HeldOutUser, int[]> histories,
            Popularity popularity,
            NDManager manager) {
        this.manager = manager;
        this.width = width;
        this.histories = histories;
        this.popularity = popularity;
        this.diagonal = inverse.diagonal();
        for (int block = 0; block < inverse.blocks(); block++) {
            rows.add(inverse.wholeRows(block, manager));
        }
    }

    /// Fits the regression.
    ///
    /// @param lambda weight of the regularisation, above zero
    /// @param histories what each user interacted with before
    public static Ease fit(
            InteractionMatrix train, double lambda, Function<HeldOutUser, int[]> histories, NDManager parent) {
        return fit(train, lambda, histories, parent, SymmetricMatrix.WIDTH);
    }

    static Ease fit(
            InteractionMatrix train,
            double lambda,
            Function<HeldOutUser, int[]> histories,
            NDManager parent,
            int width) {
        NDManager manager = parent.newSubManager();
        try (SymmetricMatrix matrix = new GramMatrix(train, lambda).blocks(width, manager)) {
            matrix.invert();
            return new Ease(matrix, width, histories, new Popularity(train.columnCounts()), manager);
        } catch (RuntimeException | Error e) {
            manager.close();
            throw e;
        }
    }

    @Override
    public List<int[]> rank(List<HeldOutUser> users, Function<HeldOutUser, BitSet> excluded, int count) {
        return users.stream().map(user -> rank(user, excluded, count)).toList();
    }

    private int[] rank(HeldOutUser user, Function<HeldOutUser, BitSet> excluded, int count) {
        int[] history = histories.apply(user);
        return history.length == 0
                ? popularity.rank(List.of(user), excluded, count).getFirst()
                : TopK.best(scores(history), excluded.apply(user), count);
    }

    /// One score an item.
    float[] scores(int[] history) {
        double[] sums = new double[diagonal.length];
        for (int item : history) {
            double[] row = row(item);
            for (int other = 0; other < row.length; other++) {
                sums[other] -= other == item ? 0 : row[other];
            }
        }
        float[] scores = new float[sums.length];
        for (int item = 0; item < scores.length; item++) {
            scores[item] = (float) (sums[item] / diagonal[item]);
        }
        return scores;
    }

    private double[] row(int item) {
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
