package io.diffmm.linear;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.TopK.TopKHeap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Ridge regression of every item on all other items in closed form (EASE, Steck 2019,
/// <https://arxiv.org/abs/1905.03375>).
///
/// With the interactions `X` `[U, I]` and `P = inv(X^T X + lambda I)`, the weights are `B_ij = -P_ij / P_jj` and
/// `B_jj = 0`; a user's scores are the sum of the rows of `B` of the history. An item without users has
/// no weights, so `P` covers the J items with users only. It is float64: J x J numbers, and half as many
/// more while it is computed. Time grows with the cube of J.
///
/// Memory: owns `P` until closed. Not thread-safe.
public final class RidgeRegression implements AutoCloseable {

    private static final int UNUSED = -1;

    private final NDManager manager;
    private final List<NDArray> rows = new ArrayList<>(); // [width, J] each, the last may have fewer rows
    private final int[] used; // item of each row of P
    private final int[] places; // row of P of each item, or UNUSED
    private final int width;
    private final double[] diagonal; // of P

    private RidgeRegression(SymmetricMatrix inverse, int[] used, int items, int width, NDManager manager) {
        this.manager = manager;
        this.used = used;
        this.places = places(used, items);
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
        int[] used = used(train);
        NDManager manager = parent.newSubManager();
        try (SymmetricMatrix matrix = new GramMatrix(columns(train, used), lambda).blocks(width, manager)) {
            matrix.invert();
            return new RidgeRegression(matrix, used, train.columns(), width, manager);
        } catch (RuntimeException | Error e) {
            manager.close();
            throw e;
        }
    }

    /// Returns the number of items that `P` of a fit covers.
    public static int size(InteractionMatrix train) {
        return used(train).length;
    }

    /// Returns the items with users, in their order.
    private static int[] used(InteractionMatrix train) {
        int[] counts = train.columnCounts();
        return IntStream.range(0, counts.length)
                .filter(item -> counts[item] > 0)
                .toArray();
    }

    private static int[] places(int[] used, int items) {
        int[] places = new int[items];
        Arrays.fill(places, UNUSED);
        for (int place = 0; place < used.length; place++) {
            places[used[place]] = place;
        }
        return places;
    }

    /// Returns the interactions with some items, which become the columns.
    private static InteractionMatrix columns(InteractionMatrix train, int[] used) {
        int[] places = places(used, train.columns());
        return InteractionMatrix.of(
                used.length,
                IntStream.range(0, train.rows())
                        .mapToObj(user -> Arrays.stream(train.row(user))
                                .map(item -> places[item])
                                .toArray())
                        .toList());
    }

    /// Fits the regression and keeps the links of largest absolute weight of each item.
    ///
    /// @param parent parent of the native arrays, all of which are freed before the method returns
    static ItemItemModel links(InteractionMatrix train, LinearSettings settings, NDManager parent) {
        try (RidgeRegression regression = fit(train, settings.ridgeLambda(), parent)) {
            List<Ranking> rows = IntStream.range(0, regression.size())
                    .mapToObj(item -> largest(regression.weights(item), settings.links()))
                    .toList();
            return ItemItemModel.of(rows);
        }
    }

    private static Ranking largest(double[] weights, int count) {
        TopKHeap best = new TopKHeap(count);
        for (int item = 0; item < weights.length; item++) {
            if (weights[item] != 0) {
                best.offer(item, Math.abs(weights[item]));
            }
        }
        int[] items = best.drain().rows();
        float[] values = new float[items.length];
        for (int place = 0; place < items.length; place++) {
            values[place] = (float) weights[items[place]];
        }
        return new Ranking(items, values);
    }

    /// Returns I, the number of items.
    public int size() {
        return places.length;
    }

    /// Returns row `item` of `B`: the weights of this item in the regressions of all items, `[I]`.
    public double[] weights(int item) {
        double[] weights = new double[places.length];
        int own = places[item];
        if (own != UNUSED) {
            double[] inverse = inverse(own);
            for (int place = 0; place < used.length; place++) {
                weights[used[place]] = place == own ? 0 : -inverse[place] / diagonal[place];
            }
        }
        return weights;
    }

    private double[] inverse(int place) {
        try (NDArray row = rows.get(place / width).get(place % width)) {
            return row.toDoubleArray();
        }
    }

    /// Frees `P`.
    @Override
    public void close() {
        manager.close();
    }

    /// Gram matrix `X^T X + lambda I`, the numbers of common users of all pairs of items, computed from sparse rows
    /// one row of blocks at a time.
    private static final class GramMatrix {

        private final InteractionMatrix train;
        private final double lambda;
        private final int[] offsets; // of users in items
        private final int[] items;
        private final int[] itemOffsets; // of items in users
        private final int[] users;

        GramMatrix(InteractionMatrix train, double lambda) {
            if (!Double.isFinite(lambda) || lambda <= 0) {
                throw new IllegalArgumentException("lambda is %s; need a positive number".formatted(lambda));
            }
            this.train = train;
            this.lambda = lambda;
            this.offsets = train.offsets();
            this.items = train.items();
            InteractionMatrix byItem = train.transposed();
            this.itemOffsets = byItem.offsets();
            this.users = byItem.items();
        }

        /// Returns the matrix in blocks of a width.
        SymmetricMatrix blocks(int width, NDManager parent) {
            SymmetricMatrix matrix = new SymmetricMatrix(train.columns(), width, parent);
            for (int block = 0; block < matrix.blocks(); block++) {
                matrix.add(row(matrix, block, width));
            }
            return matrix;
        }

        private double[][] row(SymmetricMatrix matrix, int row, int width) {
            double[][] blocks = new double[row + 1][];
            for (int column = 0; column <= row; column++) {
                blocks[column] = new double[matrix.height(row) * matrix.height(column)];
            }
            int from = matrix.from(row);
            for (int line = 0; line < matrix.height(row); line++) {
                count(blocks, from + line, line, matrix, width);
                blocks[row][line * matrix.height(row) + line] += lambda;
            }
            return blocks;
        }

        /// Counts, for every user of an item, the user's items in these blocks.
        private void count(double[][] blocks, int item, int line, SymmetricMatrix matrix, int width) {
            int end = matrix.from(blocks.length - 1) + matrix.height(blocks.length - 1);
            for (int at = itemOffsets[item]; at < itemOffsets[item + 1]; at++) {
                for (int other = offsets[users[at]]; other < offsets[users[at] + 1]; other++) {
                    int column = items[other];
                    if (column < end) {
                        int block = column / width;
                        blocks[block][line * matrix.height(block) + column % width]++;
                    }
                }
            }
        }
    }
}
