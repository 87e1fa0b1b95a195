package io.diffmm.retrieval;

import io.diffmm.ranking.TopK;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntConsumer;

/// Approximate products of a batch of queries with every item, and how far from the exact ones they may be.
///
/// The greatest product of each block of [ItemScan#BLOCK] items is known, so that only the few blocks are read that can
/// matter. The values lie in native memory and may be used as long as that is there. Shapes: B queries, I' items in
/// whole blocks; those beyond I have the product minus infinity.
final class Products {

    private static final BitSet NOTHING = new BitSet();

    private final MemorySegment values; // [B, I']
    private final float[] maxima; // [B, I' / BLOCK]
    private final double[] errors; // [B]
    private final double relativeError;
    private final int blocks;

    /// The products of a batch.
    ///
    /// @param values `[B, I']`
    /// @param maxima the greatest of each block, `[B, I' / BLOCK]`
    /// @param errors how far each query's products may be from the exact ones, `[B]`
    /// @param relativeError what comes to that, of the product's size
    Products(ByteBuffer values, float[] maxima, double[] errors, double relativeError) {
        this.values = MemorySegment.ofBuffer(values);
        this.maxima = maxima;
        this.errors = errors;
        this.relativeError = relativeError;
        this.blocks = maxima.length / errors.length;
    }

    /// How far an approximate product of a query may be from the exact one.
    double error(int query, double product) {
        return errors[query] + relativeError * Math.abs(product);
    }

    /// An item's approximate product.
    float value(int query, int item) {
        return values.get(ItemVectors.FLOAT, ((long) query * blocks * ItemScan.BLOCK + item) * Float.BYTES);
    }

    /// Names every item that may be among the best of a query, and some more.
    void candidates(int query, Wanted wanted, IntConsumer candidate) {
        double kthBest = atMostKthBest(query, wanted);
        double slack = 2 * errors[query] + 2 * relativeError * (Math.abs(kthBest) + 2 * errors[query]);
        double threshold = Double.isInfinite(kthBest) ? kthBest : kthBest - 1.01 * slack;
        forEachFrom(query, threshold, wanted.excluded(), candidate);
    }

    /// A lower bound of the approximate product of the last item wanted: as many blocks reach it as items are wanted,
    /// beside those whose greatest item may be excluded. With fewer blocks than that, it is that product itself.
    private double atMostKthBest(int query, Wanted wanted) {
        int needed = wanted.count() + wanted.excluded().cardinality();
        if (needed > blocks) {
            return TopK.threshold(row(query), wanted.excluded(), wanted.count());
        }
        float[] own = Arrays.copyOfRange(maxima, query * blocks, (query + 1) * blocks);
        return TopK.threshold(own, NOTHING, needed);
    }

    /// The approximate products of a query, `[I']`.
    private float[] row(int query) {
        long bytes = (long) blocks * ItemScan.BLOCK * Float.BYTES;
        return values.asSlice(query * bytes, bytes).toArray(ItemVectors.FLOAT);
    }

    private void forEachFrom(int query, double threshold, BitSet excluded, IntConsumer candidate) {
        for (int block = 0; block < blocks; block++) {
            if (maxima[query * blocks + block] < threshold) {
                continue;
            }
            for (int item = block * ItemScan.BLOCK; item < (block + 1) * ItemScan.BLOCK; item++) {
                float value = value(query, item);
                if (!(value < threshold) && value != Float.NEGATIVE_INFINITY && !excluded.get(item)) {
                    candidate.accept(item);
                }
            }
        }
    }
}
