package io.diffmm.retrieval;

import ai.djl.ndarray.NDManager;
import io.diffmm.engine.EngineArrays;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Concatenation of several vectors of each item, so that one search maximises a weighted sum of inner products.
///
/// A bias becomes an additional component, which the query multiplies by the weight. With a bias in the first part
/// only, `[w_1 q_1 ; w_1 ; w_2 q_2]` times `[x_1 ; b_1 ; x_2]` is `w_1 (q_1 x_1 + b_1) + w_2 q_2 x_2`.
public final class JoinedVectors {

    private final List<ItemVectors> parts;
    private final int width;

    /// Creates the concatenation of one or more vectors of the same items.
    public JoinedVectors(List<ItemVectors> parts) {
        this.parts = List.copyOf(parts);
        this.width = parts.stream().mapToInt(JoinedVectors::width).sum();
    }

    private static int width(ItemVectors part) {
        return part.width() + (part.isBiased() ? 1 : 0);
    }

    /// Returns the concatenated vectors: a copy, unless there is only one part and it has no biases.
    ///
    /// @param owner owner of the copy
    public ItemVectors items(NDManager owner) {
        if (parts.size() == 1 && !parts.getFirst().isBiased()) {
            return parts.getFirst();
        }
        int items = parts.getFirst().size();
        MemorySegment vectors = EngineArrays.memory(owner, (long) items * width * Float.BYTES);
        long at = 0;
        for (int item = 0; item < items; item++) {
            for (ItemVectors part : parts) {
                part.copy(item, vectors, at);
                if (part.isBiased()) {
                    vectors.set(ItemVectors.FLOAT, at + (long) part.width() * Float.BYTES, part.bias(item));
                }
                at += (long) width(part) * Float.BYTES;
            }
        }
        return new ItemVectors(vectors, EngineArrays.memory(owner, (long) items * Float.BYTES), width);
    }

    /// Returns the query whose products are weighted sums of the parts' products.
    ///
    /// @param queries query for each part
    /// @param weights weight of each part
    public double[] query(List<double[]> queries, double[] weights) {
        double[] joined = new double[width];
        int at = 0;
        for (int part = 0; part < parts.size(); part++) {
            double[] query = queries.get(part);
            for (int f = 0; f < query.length; f++) {
                joined[at + f] = weights[part] * query[f];
            }
            if (parts.get(part).isBiased()) {
                joined[at + query.length] = weights[part];
            }
            at += width(parts.get(part));
        }
        return joined;
    }
}
