package io.diffmm.retrieval;

import io.diffmm.ranking.SparseScores;
import io.diffmm.ranking.TopK;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntConsumer;

/// Approximate inner products of a batch of queries with every item, with bounds of their errors.
///
/// The maximum of each block of [FlatScan#BLOCK] items is stored too, so that only blocks that can contain a result
/// are read, unless the request has score offsets. The values are in native memory and valid as long as
/// its owner is open. Shapes: B queries, I' items in whole blocks; the products of items beyond I are
/// minus infinity.
final class ApproximateScores {

    private static final BitSet NONE_EXCLUDED = new BitSet();

    /// Relative error of rounding a sum to float32.
    private static final double SUM_ERROR = 0x1p-24;

    private final MemorySegment values; // [B, I']
    private final float[] maxima; // [B, I' / BLOCK]
    private final double[] errors; // [B]
    private final double relativeError;
    private final int blocks;

    /// Creates the scores of a batch.
    ///
    /// @param values approximate products, `[B, I']`
    /// @param maxima maximum of each block, `[B, I' / BLOCK]`
    /// @param errors maximum absolute error of the products of each query, `[B]`
    /// @param relativeError maximum additional error, relative to the product
    ApproximateScores(ByteBuffer values, float[] maxima, double[] errors, double relativeError) {
        this.values = MemorySegment.ofBuffer(values);
        this.maxima = maxima;
        this.errors = errors;
        this.relativeError = relativeError;
        this.blocks = maxima.length / errors.length;
    }

    /// Returns the maximum error of an approximate product of a query.
    double error(int query, double product) {
        return errors[query] + relativeError * Math.abs(product);
    }

    /// Returns the approximate product of an item.
    float value(int query, int item) {
        return values.get(ItemVectors.FLOAT, ((long) query * blocks * FlatScan.BLOCK + item) * Float.BYTES);
    }

    /// Calls `candidate` with a superset of the best items of a query.
    void candidates(int query, TopKRequest request, IntConsumer candidate) {
        if (request.added().size() > 0) {
            candidatesBySums(query, request, candidate);
            return;
        }
        double threshold = threshold(query, kthBestLowerBound(query, request), relativeError, 0);
        forEachFrom(query, threshold, request.excluded(), candidate);
    }

    /// Finds candidates of a request with score offsets. The maxima of blocks do not bound sums, so every sum is
    /// read.
    private void candidatesBySums(int query, TopKRequest request, IntConsumer candidate) {
        SparseScores added = request.added();
        float[] sums = row(query);
        double greatest = 0;
        for (int at = 0; at < added.size(); at++) {
            int item = added.row(at);
            if (!request.excluded().get(item)) {
                sums[item] = (float) Math.clamp(sums[item] + added.score(at), -Float.MAX_VALUE, Float.MAX_VALUE);
                greatest = Math.max(greatest, Math.abs(added.score(at)));
            }
        }
        double kthBest = TopK.threshold(sums, request.excluded(), request.count());
        double threshold = threshold(query, kthBest, relativeError + SUM_ERROR, greatest);
        for (int item = 0; item < sums.length; item++) {
            if (!(sums[item] < threshold)
                    && sums[item] != Float.NEGATIVE_INFINITY
                    && !request.excluded().get(item)) {
                candidate.accept(item);
            }
        }
    }

    /// Returns the lowest approximate score of an item whose exact score may equal that of an item with the
    /// approximate score `kthBest`.
    ///
    /// @param relative maximum error, relative to the product
    /// @param added maximum difference of the product and the sum
    private double threshold(int query, double kthBest, double relative, double added) {
        if (Double.isInfinite(kthBest)) {
            return kthBest;
        }
        double slack = 2 * errors[query] + 2 * relative * (Math.abs(kthBest) + added + 2 * errors[query]);
        return kthBest - 1.01 * slack;
    }

    /// Returns a lower bound of the approximate product of the k-th best item: k blocks have a greater maximum, not
    /// counting blocks whose maximum may belong to an excluded item. With fewer blocks, the bound is exact.
    private double kthBestLowerBound(int query, TopKRequest request) {
        int needed = request.count() + request.excluded().cardinality();
        if (needed > blocks) {
            return TopK.threshold(row(query), request.excluded(), request.count());
        }
        float[] own = Arrays.copyOfRange(maxima, query * blocks, (query + 1) * blocks);
        return TopK.threshold(own, NONE_EXCLUDED, needed);
    }

    /// Returns a copy of the approximate products of a query, `[I']`.
    private float[] row(int query) {
        long bytes = (long) blocks * FlatScan.BLOCK * Float.BYTES;
        return values.asSlice(query * bytes, bytes).toArray(ItemVectors.FLOAT);
    }

    private void forEachFrom(int query, double threshold, BitSet excluded, IntConsumer candidate) {
        for (int block = 0; block < blocks; block++) {
            if (maxima[query * blocks + block] < threshold) {
                continue;
            }
            for (int item = block * FlatScan.BLOCK; item < (block + 1) * FlatScan.BLOCK; item++) {
                float value = value(query, item);
                if (!(value < threshold) && value != Float.NEGATIVE_INFINITY && !excluded.get(item)) {
                    candidate.accept(item);
                }
            }
        }
    }
}
