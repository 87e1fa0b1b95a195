package io.diffmm.linear;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.diffmm.model.TensorSource;
import io.diffmm.model.TensorWriter;
import io.diffmm.model.Tensors;
import io.diffmm.ranking.SparseScores;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// A linear item-item model, sparse: for each item those that speak for themselves to whoever has it, and how much.
///
/// The row of item i holds `B_ij` of the items j that it is linked with, never itself. What a history says of item j
/// is the mean of `B_ij` over the items i of the history. Immutable.
public final class ItemLinks {

    private static final String OFFSETS = "link.offsets";
    private static final String ITEMS = "link.items";
    private static final String WEIGHTS = "link.weights";

    private final int[] offsets; // [I + 1]
    private final int[] items; // [links], row by row
    private final float[] weights; // [links]

    /// Links in compressed rows: those of item i are `offsets[i] .. offsets[i + 1]`.
    ///
    /// @param offsets `[I + 1]`; taken over
    /// @param items the items that are linked; taken over
    /// @param weights of the links; taken over
    /// @throws IllegalArgumentException if the arrays do not describe such rows, or a weight is not finite
    public ItemLinks(int[] offsets, int[] items, float[] weights) {
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
                throw new IllegalArgumentException("offsets fall after item %d".formatted(item));
            }
        }
        for (int item = 0; item < size(); item++) {
            checkRow(item);
        }
    }

    private void checkRow(int item) {
        for (int at = offsets[item]; at < offsets[item + 1]; at++) {
            if (items[at] < 0 || items[at] >= size() || items[at] == item) {
                throw new IllegalArgumentException(
                        "item %d is linked with item %d of %d".formatted(item, items[at], size()));
            }
            if (!Float.isFinite(weights[at])) {
                throw new IllegalArgumentException("a link of item %d has weight %s".formatted(item, weights[at]));
            }
        }
    }

    /// I, how many items there are.
    public int size() {
        return offsets.length - 1;
    }

    /// How many links there are in all.
    public int links() {
        return items.length;
    }

    /// How many links an item has.
    public int links(int item) {
        return offsets[item + 1] - offsets[item];
    }

    /// What a history says of the items that it is linked with: the weighted mean of its items' links. Of all others it
    /// says nothing, which is zero.
    ///
    /// @param history items without duplicates
    /// @param shares the weights of the items of the history
    public SparseScores scores(int[] history, double[] shares) {
        int total = Arrays.stream(history).map(this::links).sum();
        var sums = new LinkSums(Math.min(total, size()));
        for (int from = 0; from < history.length; from++) {
            double share = shares[from] / history.length;
            forEach(history[from], (item, weight) -> sums.add(item, share * weight));
        }
        return sums.scores();
    }

    /// Tells the links of an item.
    public void forEach(int item, LinkConsumer consumer) {
        for (int at = offsets[item]; at < offsets[item + 1]; at++) {
            consumer.accept(items[at], weights[at]);
        }
    }

    /// Is told of links.
    @FunctionalInterface
    public interface LinkConsumer {

        /// A link to `item`.
        void accept(int item, float weight);
    }

    /// Writes the links as safetensors.
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

    /// Reads what [#write] wrote.
    ///
    /// @param parent of the native arrays that are needed meanwhile
    /// @throws IOException if the file cannot be read
    /// @throws InvalidLinksException if it is not in the format, or the arrays do not describe links
    public static ItemLinks read(Path file, NDManager parent) throws IOException {
        try (NDManager scope = parent.newSubManager()) {
            NDList arrays = Tensors.read(file, scope);
            return new ItemLinks(
                    require(arrays, OFFSETS, DataType.INT32).toIntArray(),
                    require(arrays, ITEMS, DataType.INT32).toIntArray(),
                    require(arrays, WEIGHTS, DataType.FLOAT32).toFloatArray());
        } catch (IllegalArgumentException e) {
            throw new InvalidLinksException(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static NDArray require(NDList arrays, String name, DataType type) {
        NDArray array = Tensors.require(arrays, name);
        if (array.getDataType() != type) {
            throw new IllegalArgumentException("array '%s' is %s, not %s".formatted(name, array.getDataType(), type));
        }
        return array;
    }
}
