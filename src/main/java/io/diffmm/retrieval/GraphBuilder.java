package io.diffmm.retrieval;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.lucene.util.VectorUtil;
import org.apache.lucene.util.hnsw.HnswBuilder;
import org.apache.lucene.util.hnsw.HnswConcurrentMergeBuilder;
import org.apache.lucene.util.hnsw.HnswGraphBuilder;
import org.apache.lucene.util.hnsw.OnHeapHnswGraph;
import org.apache.lucene.util.hnsw.RandomVectorScorerSupplier;
import org.apache.lucene.util.hnsw.UpdateableRandomVectorScorer;

/// Builds the index of a large catalogue: a navigable small-world graph (Malkov and Yashunin 2018) over [GraphKeys],
/// and writes it to a file for [GraphSearch].
///
/// Memory while it builds: the keys in float32, `[I, A + 2]`, and the graph, some 400 bytes an item. With one
/// thread the same vectors, queries and settings give the same file on processors with the same vector
/// instructions; with several the links depend on the order in which items enter. Either way a search over one
/// file gives one answer everywhere.
public final class GraphBuilder {

    private static final long SEED = 42;

    private GraphBuilder() {}

    /// Builds the index and writes it.
    ///
    /// @param file to write; what is there is overwritten
    /// @param vectors the items; they are copied into the file
    /// @param queries a sample of what will be asked, vectors `[F]`; the index is built for queries like these
    /// @throws IllegalArgumentException if there is no item or no query
    public static void write(Path file, ItemVectors vectors, List<double[]> queries, GraphSettings settings)
            throws IOException {
        if (vectors.size() == 0) {
            throw new IllegalArgumentException("there is no item to index");
        }
        QueryAxes axes = QueryAxes.of(queries, settings.axes());
        try (var workers = new Workers(settings.threads())) {
            GraphKeys keys = GraphKeys.of(vectors, axes, workers);
            GraphWriter.write(file, vectors, keys, graph(keys, settings, workers));
        }
    }

    private static OnHeapHnswGraph graph(GraphKeys keys, GraphSettings settings, Workers workers) throws IOException {
        var distances = new Distances(keys);
        HnswGraphBuilder alone =
                HnswGraphBuilder.create(distances, settings.neighbours(), settings.buildWidth(), SEED, keys.size());
        if (workers.count() == 1) {
            return alone.build(keys.size());
        }
        HnswBuilder together = new HnswConcurrentMergeBuilder(
                workers.executor(),
                workers.count(),
                distances,
                settings.neighbours(),
                settings.buildWidth(),
                alone.getGraph(),
                null);
        return together.build(keys.size());
    }

    /// How near two items are; greater is nearer.
    private record Distances(GraphKeys keys) implements RandomVectorScorerSupplier {

        @Override
        public UpdateableRandomVectorScorer scorer() {
            return new Distance(keys);
        }

        @Override
        public RandomVectorScorerSupplier copy() {
            return this;
        }
    }

    private static final class Distance implements UpdateableRandomVectorScorer {

        private final GraphKeys keys;
        private float[] from;

        Distance(GraphKeys keys) {
            this.keys = keys;
            this.from = keys.point(0);
        }

        @Override
        public void setScoringOrdinal(int item) {
            from = keys.point(item);
        }

        @Override
        public float score(int item) {
            return VectorUtil.normalizeDistanceToUnitInterval(VectorUtil.squareDistance(from, keys.point(item)));
        }

        @Override
        public int maxOrd() {
            return keys.size();
        }
    }
}
