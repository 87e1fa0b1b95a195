package io.diffmm.linear;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.engine.EngineArrays;
import io.diffmm.linear.SparseAccumulator.RowWorkers;
import io.diffmm.linear.SparseAccumulator.SparseRow;
import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.TopK.TopKHeap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/// Random walk that links an item with the items it visits most: from the item to one of its users, on to one of
/// the user's items, and so on.
///
/// With the interactions `X` `[U, I]` and the diagonal matrices `D_u` of the numbers of items per user and `D_i` of
/// the numbers of users per item,
/// ```
/// P = D_i^-1 X^T D_u^-1 X    P' = (1 - share) P + share K    B = sum over k = 1..steps of r^k P'^k
/// ```
/// where the rows of `K` are the feature neighbours of an item. An item without users goes to its neighbours only,
/// an item without neighbours to its users only, so that every non-empty row of `P'` sums to 1.
///
/// The visits of a walk are those of the walks that are one step shorter and start where its first step leads (Jeh
/// and Widom 2003, <https://doi.org/10.1145/775152.775191>), so `B` is computed step by step for all items at once:
/// ```
/// C = D_u^-1 X (1 + B)    B := r ((1 - share) D_i^-1 X^T C + share K (1 + B))
/// ```
/// Only the `width` largest entries of a row of `B` or `C` are kept. Time grows with interactions, steps and width;
/// memory is 8 bytes per entry kept, twice for items and once for users with a longer history.
final class RandomWalk {

    /// Minimum width, at which ranking quality equals that of complete rows.
    private static final int MIN_WIDTH = 500;

    /// Maximum number of items of a user whose row of `C` is added up anew for each item instead of being stored.
    private static final int MAX_DIRECT_ITEMS = 4;

    private final InteractionMatrix itemsOfUsers;
    private final InteractionMatrix usersOfItems;
    private final ItemItemModel neighbours;
    private final LinearSettings settings;
    private final int width;

    /// Creates a walk over interactions only.
    RandomWalk(InteractionMatrix train, LinearSettings settings) {
        this(train, new ItemItemModel(new int[train.columns() + 1], new int[0], new float[0]), settings);
    }

    /// Creates a walk over interactions and feature neighbours.
    ///
    /// @param neighbours K, neighbours of each item; the weights of a row sum to 1, or the row is empty
    RandomWalk(InteractionMatrix train, ItemItemModel neighbours, LinearSettings settings) {
        this(train, neighbours, settings, Math.max(MIN_WIDTH, 2 * settings.links()));
    }

    RandomWalk(InteractionMatrix train, ItemItemModel neighbours, LinearSettings settings, int width) {
        this.itemsOfUsers = train;
        this.usersOfItems = train.transposed();
        this.neighbours = neighbours;
        this.settings = settings;
        this.width = width;
    }

    /// Returns the item-item model of the walks from all items.
    ///
    /// @param threads number of threads; the result does not depend on it
    ItemItemModel links(int threads) {
        try (RowWorkers workers = new RowWorkers(itemsOfUsers.columns(), width, threads)) {
            List<SparseRow> visits = Collections.nCopies(itemsOfUsers.columns(), SparseRow.empty());
            for (int step = 0; step < settings.walkSteps(); step++) {
                visits = step(visits, workers);
            }
            List<SparseRow> last = visits;
            return ItemItemModel.of(IntStream.range(0, last.size())
                    .mapToObj(item -> best(item, last.get(item)))
                    .toList());
        }
    }

    private List<SparseRow> step(List<SparseRow> visits, RowWorkers workers) {
        List<SparseRow> ofUsers = workers.compute(itemsOfUsers.rows(), (user, sums) -> {
            if (itemsOfUsers.rowLength(user) > MAX_DIRECT_ITEMS) {
                passUser(user, 1, visits, sums);
            }
        });
        return workers.compute(visits.size(), (item, sums) -> leave(item, ofUsers, visits, sums));
    }

    private void leave(int item, List<SparseRow> ofUsers, List<SparseRow> visits, SparseAccumulator.Dense sums) {
        double share = shareOfNeighbours(item);
        double weight = settings.walkContinuation() * (1 - share) / usersOfItems.rowLength(item); // unused if 0
        for (int user : usersOfItems.row(item)) {
            if (itemsOfUsers.rowLength(user) > MAX_DIRECT_ITEMS) {
                sums.add(ofUsers.get(user), weight);
            } else {
                passUser(user, weight, visits, sums);
            }
        }
        double rest = settings.walkContinuation() * share;
        neighbours.forEach(item, (other, similarity) -> arrive(other, rest * similarity, visits, sums));
    }

    private void passUser(int user, double weight, List<SparseRow> visits, SparseAccumulator.Dense sums) {
        for (int item : itemsOfUsers.row(user)) {
            arrive(item, weight / itemsOfUsers.rowLength(user), visits, sums);
        }
    }

    private double shareOfNeighbours(int item) {
        if (neighbours.links(item) == 0) {
            return 0;
        }
        return usersOfItems.rowLength(item) == 0 ? 1 : settings.featureShare();
    }

    private static void arrive(int item, double weight, List<SparseRow> visits, SparseAccumulator.Dense sums) {
        sums.add(item, weight);
        sums.add(visits.get(item), weight);
    }

    private Ranking best(int item, SparseRow visits) {
        TopKHeap best = new TopKHeap(settings.links());
        for (int at = 0; at < visits.size(); at++) {
            if (visits.index(at) != item) {
                best.offer(visits.index(at), visits.value(at));
            }
        }
        return best.drain();
    }

    /// Most similar items by the cosine of features standardised by column ([UnitRows]).
    ///
    /// Only positive cosines count, and the cosines of an item are divided by their sum; an item may have no
    /// neighbours. Products are computed block by block, so that memory is that of one more copy of the features.
    /// Time grows with the square of the number of items.
    static final class FeatureNeighbours {

        private static final int HEIGHT = 1024;

        /// Smaller cosines may be rounding errors of zero.
        private static final double MIN_COSINE = 1e-6;

        private final int items;
        private final int height;
        private final List<NDArray> blocks = new ArrayList<>(); // [height, columns] each, the last may have fewer rows

        private FeatureNeighbours(FeatureMatrix features, int height, NDManager manager) {
            this.items = features.rows();
            this.height = height;
            UnitRows rows = new UnitRows(features);
            for (int from = 0; from < items; from += height) {
                int to = Math.min(items, from + height);
                blocks.add(EngineArrays.dense(manager, rows.rows(from, to), new Shape(to - from, features.columns())));
            }
        }

        /// Finds the neighbours of all items.
        ///
        /// @param count maximum number of neighbours per item
        /// @param parent parent of the native arrays, all of which are freed before the method returns
        static ItemItemModel find(FeatureMatrix features, int count, NDManager parent) {
            return find(features, count, parent, HEIGHT);
        }

        static ItemItemModel find(FeatureMatrix features, int count, NDManager parent, int height) {
            try (NDManager manager = parent.newSubManager()) {
                FeatureNeighbours neighbours = new FeatureNeighbours(features, height, manager);
                List<Ranking> rows = new ArrayList<>();
                for (int block = 0; block < neighbours.blocks.size(); block++) {
                    rows.addAll(neighbours.rows(block, count));
                }
                return ItemItemModel.of(rows);
            }
        }

        private List<Ranking> rows(int block, int count) {
            NDArray left = blocks.get(block);
            TopKHeap[] best = new TopKHeap[Math.min(height, items - block * height)];
            Arrays.setAll(best, _ -> new TopKHeap(count));
            for (int other = 0; other < blocks.size(); other++) {
                offer(best, block * height, cosines(left, blocks.get(other)), other * height);
            }
            return Arrays.stream(best)
                    .map(TopKHeap::drain)
                    .map(FeatureNeighbours::normalised)
                    .toList();
        }

        private static float[] cosines(NDArray left, NDArray right) {
            try (NDArray transposed = right.transpose();
                    NDArray product = left.matMul(transposed)) {
                return product.toFloatArray();
            }
        }

        /// Offers the items of one block to each item of another.
        ///
        /// @param cosines cosines of all pairs, `[items, others]`
        private static void offer(TopKHeap[] best, int firstItem, float[] cosines, int firstOther) {
            int others = cosines.length / best.length;
            for (int row = 0; row < best.length; row++) {
                double threshold = Math.max(MIN_COSINE, best[row].threshold());
                for (int column = 0; column < others; column++) {
                    float cosine = cosines[row * others + column];
                    if (cosine > threshold && firstItem + row != firstOther + column) {
                        best[row].offer(firstOther + column, cosine);
                        threshold = Math.max(MIN_COSINE, best[row].threshold());
                    }
                }
            }
        }

        private static Ranking normalised(Ranking row) {
            float[] weights = row.scores();
            double sum = 0;
            for (float weight : weights) {
                sum += weight;
            }
            for (int place = 0; place < weights.length; place++) {
                weights[place] = (float) (weights[place] / sum);
            }
            return new Ranking(row.rows(), weights);
        }
    }

    /// Feature rows scaled to length 1 after each column was standardised to mean 0 and variance 1.
    ///
    /// Constant columns are left out, because they do not distinguish items. A row that is zero in all other
    /// columns stays zero.
    private static final class UnitRows {

        private final FeatureMatrix features;
        private final double[] means;
        private final double[] scales; // 1 / standard deviation, 0 of a constant column

        UnitRows(FeatureMatrix features) {
            this.features = features;
            this.means = new double[features.columns()];
            this.scales = new double[features.columns()];
            for (int column = 0; column < means.length; column++) {
                standardise(column);
            }
        }

        private void standardise(int column) {
            double sum = 0;
            boolean constant = true;
            for (int row = 0; row < features.rows(); row++) {
                sum += value(row, column);
                constant &= value(row, column) == value(0, column);
            }
            means[column] = sum / features.rows();
            double squares = 0;
            for (int row = 0; row < features.rows(); row++) {
                double difference = value(row, column) - means[column];
                squares += difference * difference;
            }
            scales[column] = constant ? 0 : Math.sqrt(features.rows() / squares);
        }

        private double value(int row, int column) {
            return features.values()[row * features.columns() + column];
        }

        /// Returns rows `from` to `to - 1`, row-major.
        ///
        /// @return `[to - from, columns]`
        float[] rows(int from, int to) {
            float[] values = new float[(to - from) * features.columns()];
            for (int row = from; row < to; row++) {
                write(row, values, (row - from) * features.columns());
            }
            return values;
        }

        private void write(int row, float[] target, int at) {
            double squares = 0;
            for (int column = 0; column < means.length; column++) {
                double value = standardised(row, column);
                squares += value * value;
            }
            double scale = squares == 0 ? 0 : 1 / Math.sqrt(squares);
            for (int column = 0; column < means.length; column++) {
                target[at + column] = (float) (scale * standardised(row, column));
            }
        }

        private double standardised(int row, int column) {
            return (value(row, column) - means[column]) * scales[column];
        }
    }
}
