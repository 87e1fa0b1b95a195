package io.diffmm.retrieval;

import io.diffmm.ranking.SparseScores;
import io.diffmm.ranking.TopK;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntConsumer;

/// Approximate products of a batch of queries with every item, and how far from the exact ones they may be.
///
/// The greatest product of each block of [ItemScan#BLOCK] items is known, so that only the few blocks are read
/// that can matter, unless something comes to the products. The values lie in native memory and may be used as
/// long as that is there. Shapes: B queries, I' items in whole blocks; those beyond I have the product minus
/// infinity.
final class Products {

    private static final BitSet NOTHING = new BitSet();

    /// Of a sum's size: what writing it in float32 rounds.
    private static final double SUM_ERROR = 0x1p-24;

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

    /// How many blocks of items there are.
    int blocks() {
        return blocks;
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
        if (wanted.added().size() > 0) {
            candidatesBySums(query, wanted, candidate);
            return;
        }
        double threshold = threshold(query, atMostKthBest(query, wanted), relativeError, 0);
        forEachFrom(query, threshold, wanted.excluded(), candidate);
    }

    /// The same where something comes to some products: the greatest products of blocks say nothing then, and every
    /// sum is read.
    private void candidatesBySums(int query, Wanted wanted, IntConsumer candidate) {
        SparseScores added = wanted.added();
        float[] sums = row(query);
        double greatest = 0;
        for (int at = 0; at < added.size(); at++) {
            int item = added.row(at);
            if (!wanted.excluded().get(item)) {
                sums[item] = (float) Math.clamp(sums[item] + added.score(at), -Float.MAX_VALUE, Float.MAX_VALUE);
                greatest = Math.max(greatest, Math.abs(added.score(at)));
            }
        }
        double kthBest = TopK.threshold(sums, wanted.excluded(), wanted.count());
        double threshold = threshold(query, kthBest, relativeError + SUM_ERROR, greatest);
        for (int item = 0; item < sums.length; item++) {
            if (!(sums[item] < threshold)
                    && sums[item] != Float.NEGATIVE_INFINITY
                    && !wanted.excluded().get(item)) {
                candidate.accept(item);
            }
        }
    }

    /// What an item reaches approximately that may be exactly as good as one that reaches `kthBest` approximately.
    ///
    /// @param relative error of an item, of its product's size
    /// @param added by how much the product may be greater than the sum
    private double threshold(int query, double kthBest, double relative, double added) {
        if (Double.isInfinite(kthBest)) {
            return kthBest;
        }
        double slack = 2 * errors[query] + 2 * relative * (Math.abs(kthBest) + added + 2 * errors[query]);
        return kthBest - 1.01 * slack;
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
