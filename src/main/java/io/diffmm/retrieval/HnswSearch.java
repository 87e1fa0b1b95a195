package io.diffmm.retrieval;

import io.diffmm.engine.VectorMath;
import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.TopK.TopKHeap;
import io.diffmm.retrieval.HnswIndexFile.HnswIndexLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.VectorUtil;
import org.apache.lucene.util.hnsw.HnswGraphSearcher;
import org.apache.lucene.util.hnsw.RandomVectorScorer;

/// Approximate search of a large catalogue: traverses the graph of an [HnswIndexBuilder], which visits a few thousand
/// items, and computes exact products of the best candidates.
///
/// The result has exact scores and the order of every search, but may lack items that an exhaustive search finds. The
/// width determines how often; [#recall] measures it. A result has the requested length as long as enough items are
/// available: excluded items are traversed but not collected; a traversal that finds too few items is repeated with a
/// greater width; and if it would visit a large part of the catalogue, the search is exhaustive instead.
///
/// Memory: maps the file, including the vectors, and allocates nothing else; the page cache holds the pages in use.
/// Thread-safe.
public final class HnswSearch implements ItemSearch {

    /// Minimum number of candidates for each requested item.
    private static final int CANDIDATES_PER_ITEM = 2;

    /// Factor by which the width grows when a traversal finds too few items.
    private static final int WIDENING = 4;

    /// Number of items of the search that measures recall.
    private static final int RECALL_COUNT = 20;

    /// Approximate number of items that a traversal visits for each candidate if no item is excluded.
    private static final int VISITS_PER_CANDIDATE = 16;

    private final HnswIndexFile file;
    private final ItemVectors vectors;
    private final HnswIndexLayout layout;
    private final double[][] queryRows; // [K, F]
    private final int width;
    private volatile Optional<double[]> latest = Optional.empty();
    private volatile boolean exhaustive;

    private HnswSearch(HnswIndexFile file, int width) {
        this.file = file;
        this.vectors = file.vectors();
        this.layout = file.layout();
        this.queryRows = new double[layout.coordinates()][layout.width()];
        for (int k = 0; k < queryRows.length; k++) {
            for (int f = 0; f < layout.width(); f++) {
                queryRows[k][f] = file.real(layout.queryRows(), (long) k * layout.width() + f);
            }
        }
        this.width = width;
    }

    /// Opens an index.
    ///
    /// @param path file written by [HnswIndexBuilder]
    /// @param width number of candidates (ef) to collect and score exactly; more raise recall and take longer
    /// @throws InvalidGraphException if the file is not an index or damaged
    public static HnswSearch open(Path path, int width) {
        if (width < 1) {
            throw new IllegalArgumentException("width is %d, not 1 or more".formatted(width));
        }
        return new HnswSearch(HnswIndexFile.open(path), width);
    }

    /// Returns the items' vectors, which are memory-mapped.
    @Override
    public ItemVectors vectors() {
        return vectors;
    }

    @Override
    public List<Ranking> best(List<double[]> queries, List<TopKRequest> requests) {
        latest = Optional.of(queries.getLast());
        List<Ranking> rankings = new ArrayList<>(queries.size());
        for (int row = 0; row < queries.size(); row++) {
            double[] query = queries.get(row);
            rankings.add(requests.get(row)
                    .best(vectors, query, others -> exhaustive ? exhaustive(query, others) : best(query, others)));
        }
        return rankings;
    }

    @Override
    public void setExhaustive(boolean exhaustive) {
        this.exhaustive = exhaustive;
    }

    /// Measures recall: the share of the exact best items that the search finds, over all queries.
    ///
    /// @param queries vectors `[F]`, at least one
    /// @param count number of best items of each query
    /// @return recall, from 0 to 1
    public double recall(List<double[]> queries, int count) {
        var all = new TopKRequest(new BitSet(), count);
        double found = 0;
        double expected = 0;
        for (double[] query : queries) {
            BitSet exact = new BitSet();
            for (int item : exhaustive(query, all).rows()) {
                exact.set(item);
            }
            for (int item : best(query, all).rows()) {
                found += exact.get(item) ? 1 : 0;
            }
            expected += exact.cardinality();
        }
        return found / expected;
    }

    private Ranking best(double[] query, TopKRequest request) {
        int left = layout.items() - request.excluded().get(0, layout.items()).cardinality();
        int count = Math.min(request.count(), left);
        if (count == 0) {
            return Ranking.empty();
        }
        var products = new CodeScorer(file, coordinates(query));
        long collected = Math.max(width, (long) CANDIDATES_PER_ITEM * count);
        while (isTraversalCheaper(collected, left)) {
            ScoreDoc[] candidates = candidates(products, request.excluded(), (int) collected);
            if (candidates.length >= count) {
                return exactly(query, candidates, count);
            }
            collected *= WIDENING;
        }
        return exhaustive(query, request);
    }

    /// Returns whether a traversal visits fewer items than an exhaustive search scores. A traversal also visits
    /// excluded items.
    private boolean isTraversalCheaper(long collected, int left) {
        return collected * VISITS_PER_CANDIDATE * layout.items() < (long) left * left;
    }

    private double[] coordinates(double[] query) {
        double[] coordinates = new double[queryRows.length];
        for (int k = 0; k < coordinates.length; k++) {
            double sum = file.real(layout.queryOffsets(), k);
            for (int f = 0; f < query.length; f++) {
                sum += queryRows[k][f] * query[f];
            }
            coordinates[k] = sum;
        }
        return coordinates;
    }

    private ScoreDoc[] candidates(CodeScorer products, BitSet excluded, int count) {
        var collector = new TopKnnCollector(count, Integer.MAX_VALUE);
        try {
            HnswGraphSearcher.search(
                    products, collector, new MappedHnswGraph(file), new Allowed(excluded, layout.items()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return collector.topDocs().scoreDocs;
    }

    private Ranking exactly(double[] query, ScoreDoc[] candidates, int count) {
        var best = new TopKHeap(count);
        for (ScoreDoc candidate : candidates) {
            best.offer(candidate.doc, vectors.product(query, candidate.doc));
        }
        return best.drain();
    }

    private Ranking exhaustive(double[] query, TopKRequest request) {
        var best = new TopKHeap(Math.min(request.count(), layout.items()));
        BitSet excluded = request.excluded();
        for (int item = excluded.nextClearBit(0); item < layout.items(); item = excluded.nextClearBit(item + 1)) {
            best.offer(item, vectors.product(query, item));
        }
        return best.drain();
    }

    @Override
    public OptionalDouble latestRecall() {
        return latest.stream()
                .mapToDouble(query -> recall(List.of(query), RECALL_COUNT))
                .findFirst();
    }

    @Override
    public String describe() {
        return "index";
    }

    @Override
    public void close() {
        file.close();
    }

    /// Items that may be collected.
    private record Allowed(BitSet excluded, int length) implements Bits {

        @Override
        public boolean get(int item) {
            return !excluded.get(item);
        }
    }

    /// Approximate products of one query with the items' codes.
    ///
    /// The query is rounded to 14 bits in two bytes: `128 high + low`. So the products are integers, equal
    /// on every processor, and every search takes the same path. Not thread-safe.
    static final class CodeScorer implements RandomVectorScorer {

        private static final int PART = 128;

        /// Maximum rounded value, with which the high part is at most 126 and the low part from -64 to 63.
        private static final double MAX_ROUNDED = 126 * PART;

        private final MemorySegment keys;
        private final int items;
        private final byte[] high;
        private final byte[] low;
        private final byte[] key;

        /// @param query coordinates of the query, `[K]`
        CodeScorer(HnswIndexFile file, double[] query) {
            this.keys = file.keys();
            this.items = file.layout().items();
            this.high = new byte[query.length];
            this.low = new byte[query.length];
            this.key = new byte[query.length];
            double greatest = VectorMath.maxNorm(query);
            for (int at = 0; at < query.length; at++) {
                int rounded = greatest == 0 ? 0 : (int) Math.round(query[at] / greatest * MAX_ROUNDED);
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
}
