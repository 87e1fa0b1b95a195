package io.diffmm.linear;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.SparseScores;
import io.diffmm.safetensors.TensorWriter;
import io.diffmm.safetensors.TensorWriter.TensorSource;
import io.diffmm.safetensors.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Sparse item-item model, the view `linear` of a blend: a matrix `B` `[I, I]` without diagonal, in compressed rows
/// (CSR).
///
/// A link is a stored weight `B_ij`. The score of item j for a history is the mean of `B_ij` over the items i of
/// the history, each multiplied with its recency weight. Immutable.
public final class ItemItemModel {

    private static final String OFFSETS = "link.offsets";
    private static final String ITEMS = "link.items";
    private static final String WEIGHTS = "link.weights";

    /// Minimum number of items for each link of a history at which a hash table is faster than an array
    /// of all items.
    private static final int SPARSE = 16;

    private final int[] offsets; // [I + 1]
    private final int[] items; // [links], row by row
    private final float[] weights; // [links]
    private final boolean negative; // any weight

    /// Creates a model; the links of item i are at `offsets[i]` to `offsets[i + 1] - 1`. The arrays are not copied.
    ///
    /// @param offsets start of each row, `[I + 1]`
    /// @param items linked items, row by row
    /// @param weights weights of the links
    /// @throws IllegalArgumentException if the arrays do not describe such rows, or a weight is not finite
    public ItemItemModel(int[] offsets, int[] items, float[] weights) {
        if (offsets.length == 0 || offsets[0] != 0 || offsets[offsets.length - 1] != items.length) {
            throw new IllegalArgumentException(
                    "offsets do not run from 0 to the number of links, %d".formatted(items.length));
        }
        if (weights.length != items.length) {
            throw new IllegalArgumentException("%d links have %d weights".formatted(items.length, weights.length));
        }
        this.offsets = offsets;
        this.items = items;
        this.weights = weights;
        for (int item = 0; item < size(); item++) {
            if (offsets[item] > offsets[item + 1]) {
                throw new IllegalArgumentException("offsets decrease after item %d".formatted(item));
            }
        }
        for (int item = 0; item < size(); item++) {
            checkRow(item);
        }
        this.negative = anyNegative();
    }

    private boolean anyNegative() {
        for (float weight : weights) {
            if (weight < 0) {
                return true;
            }
        }
        return false;
    }

    private void checkRow(int item) {
        for (int at = offsets[item]; at < offsets[item + 1]; at++) {
            if (items[at] < 0 || items[at] >= size() || items[at] == item) {
                throw new IllegalArgumentException(
                        "item %d has a link to item %d of %d".formatted(item, items[at], size()));
            }
            if (!Float.isFinite(weights[at])) {
                throw new IllegalArgumentException("a link of item %d has weight %s".formatted(item, weights[at]));
            }
        }
    }

    /// Creates a model from its rows.
    ///
    /// @param rows linked items of each item with the weights of the links
    /// @throws IllegalArgumentException if there are more links than the maximum length of an array
    static ItemItemModel of(List<Ranking> rows) {
        int[] offsets = offsets(rows);
        int[] items = new int[offsets[rows.size()]];
        float[] weights = new float[items.length];
        int at = 0;
        for (Ranking row : rows) {
            for (int place = 0; place < row.size(); place++) {
                items[at] = row.row(place);
                weights[at++] = row.score(place);
            }
        }
        return new ItemItemModel(offsets, items, weights);
    }

    private static int[] offsets(List<Ranking> rows) {
        long links = rows.stream().mapToLong(Ranking::size).sum();
        if (links > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "%,d items have %,d links, more than an array can hold; reduce the setting links"
                            .formatted(rows.size(), links));
        }
        int[] offsets = new int[rows.size() + 1];
        for (int item = 0; item < rows.size(); item++) {
            offsets[item + 1] = offsets[item] + rows.get(item).size();
        }
        return offsets;
    }

    /// Returns I, the number of items.
    public int size() {
        return offsets.length - 1;
    }

    /// Returns the number of links of all items.
    public int links() {
        return items.length;
    }

    /// Returns the number of links of an item.
    public int links(int item) {
        return offsets[item + 1] - offsets[item];
    }

    /// Returns whether any link has a negative weight, so that a score may be negative.
    public boolean hasNegativeLinks() {
        return negative;
    }

    /// Returns the scores of a history: the weighted mean of the rows of its items. Items without a link from the
    /// history are absent, which means a score of zero.
    ///
    /// @param history items without duplicates
    /// @param shares weights of the items of the history
    public SparseScores scores(int[] history, double[] shares) {
        long total = Arrays.stream(history).mapToLong(this::links).sum();
        if (total * SPARSE < size()) {
            var sums = new SparseAccumulator.Hashed((int) total);
            for (int from = 0; from < history.length; from++) {
                double share = shares[from] / history.length;
                forEach(history[from], (item, weight) -> sums.add(item, share * weight));
            }
            return sums.scores();
        }
        return SparseScores.of(sums(history, shares));
    }

    /// Returns the score of every item.
    private double[] sums(int[] history, double[] shares) {
        double[] sums = new double[size()];
        for (int from = 0; from < history.length; from++) {
            double share = shares[from] / history.length;
            for (int at = offsets[history[from]]; at < offsets[history[from] + 1]; at++) {
                sums[items[at]] += share * weights[at];
            }
        }
        return sums;
    }

    /// Passes the links of an item to `consumer`, in the order of the row.
    public void forEach(int item, LinkConsumer consumer) {
        for (int at = offsets[item]; at < offsets[item + 1]; at++) {
            consumer.accept(items[at], weights[at]);
        }
    }

    /// Receives links.
    @FunctionalInterface
    public interface LinkConsumer {

        /// Receives a link to `item`.
        void accept(int item, float weight);
    }

    /// Writes the model as a safetensors file.
    public void write(Path file) throws IOException {
        TensorWriter.write(
                file,
                List.of(
                        new TensorSource.Ints(OFFSETS, offsets.length, at -> offsets[at]),
                        new TensorSource.Ints(ITEMS, items.length, at -> items[at]),
                        new TensorSource.Floats(
                                WEIGHTS,
                                List.of(weights.length),
                                (_, row) -> System.arraycopy(weights, 0, row, 0, row.length))));
    }

    /// Reads a file that [#write] wrote.
    ///
    /// @param parent parent of the native arrays, all of which are freed before the method returns
    /// @throws IOException if the file cannot be read
    /// @throws InvalidLinksException if the file is not a valid item-item model
    public static ItemItemModel read(Path file, NDManager parent) throws IOException {
        try (NDManager scope = parent.newSubManager()) {
            NDList arrays = Tensors.read(file, scope);
            return new ItemItemModel(
                    require(arrays, OFFSETS, DataType.INT32).toIntArray(),
                    require(arrays, ITEMS, DataType.INT32).toIntArray(),
                    require(arrays, WEIGHTS, DataType.FLOAT32).toFloatArray());
        } catch (IllegalArgumentException e) {
            throw new InvalidItemItemModelException(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static NDArray require(NDList arrays, String name, DataType type) {
        NDArray array = Tensors.require(arrays, name);
        if (array.getDataType() != type) {
            throw new IllegalArgumentException("array '%s' is %s, not %s".formatted(name, array.getDataType(), type));
        }
        return array;
    }

    /// Thrown when a file is not a valid item-item model. Publishing the artifact again is the only remedy.
    public static final class InvalidItemItemModelException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final transient Path file;
        private final String reason;

        InvalidItemItemModelException(Path file, String reason, Throwable cause) {
            super("%s: %s".formatted(file, reason), cause);
            this.file = file;
            this.reason = reason;
        }

        /// Returns the invalid file.
        public Path file() {
            return file;
        }

        /// Returns the reason without the name of the file.
        public String reason() {
            return reason;
        }
    }
}
