package io.diffmm.retrieval;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.apache.lucene.util.VectorUtil;
import org.apache.lucene.util.hnsw.RandomVectorScorer;

/// The approximate products of one query with the items' codes.
///
/// The query is rounded to 14 bits, in two parts of a byte: `128 high + low`. So the products are whole numbers, the
/// same on every processor, and a search takes the same path everywhere.
final class KeyProducts implements RandomVectorScorer {

    private static final int PART = 128;

    /// The high part is at most 126 then, and the low one from -64 to 63.
    private static final double GREATEST = 126 * PART;

    private final MemorySegment keys;
    private final int items;
    private final byte[] high;
    private final byte[] low;
    private final byte[] key;

    /// @param query coordinates `[K]`
    KeyProducts(GraphFile file, double[] query) {
        this.keys = file.keys();
        this.items = file.layout().items();
        this.high = new byte[query.length];
        this.low = new byte[query.length];
        this.key = new byte[query.length];
        double greatest = 0;
        for (double value : query) {
            greatest = Math.max(greatest, Math.abs(value));
        }
        for (int at = 0; at < query.length; at++) {
            int rounded = greatest == 0 ? 0 : (int) Math.round(query[at] / greatest * GREATEST);
            high[at] = (byte) Math.floorDiv(rounded + PART / 2, PART);
            low[at] = (byte) (rounded - high[at] * PART);
        }
    }

    @Override
    public float score(int item) {
        MemorySegment.copy(keys, ValueLayout.JAVA_BYTE, (long) item * key.length, key, 0, key.length);
        return (float) ((long) PART * VectorUtil.dotProduct(high, key) + VectorUtil.dotProduct(low, key));
    }

    @Override
    public int maxOrd() {
        return items;
    }
}
