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

/// Builds the index of a large catalogue: a hierarchical navigable small-world (HNSW) graph (Malkov and Yashunin
/// 2018) over [ProjectedVectors]. Writes it to a file for [HnswSearch].
///
/// Memory during the build: the projected vectors in float32, `[I, A + 2]`, and the graph, about 400 bytes per item.
///
/// With one thread, the same vectors, queries and settings result in the same file on processors with the same vector
/// instructions. With several threads, the links depend on the order in which items are inserted. In both cases, a
/// search over a given file returns the same result everywhere.
public final class HnswIndexBuilder {

    private static final long SEED = 42;

    private HnswIndexBuilder() {}

    /// Builds the index and writes it.
    ///
    /// @param file file to write; an existing file is overwritten
    /// @param vectors the items' vectors, which are copied into the file
    /// @param queries sample of the expected queries, vectors `[F]`, to which the index is fitted
    /// @throws IllegalArgumentException if items or queries are missing
    public static void write(Path file, ItemVectors vectors, List<double[]> queries, HnswSettings settings)
            throws IOException {
        if (vectors.size() == 0) {
            throw new IllegalArgumentException("cannot build an index without items");
        }
        QueryPca axes = QueryPca.of(queries, settings.axes());
        try (var workers = new BuildThreads(settings.threads())) {
            ProjectedVectors keys = ProjectedVectors.of(vectors, axes, workers);
            HnswIndexWriter.write(file, vectors, keys, graph(keys, settings, workers));
        }
    }

    private static OnHeapHnswGraph graph(ProjectedVectors keys, HnswSettings settings, BuildThreads workers)
            throws IOException {
        var similarities = new Similarities(keys);
        HnswGraphBuilder alone =
                HnswGraphBuilder.create(similarities, settings.neighbours(), settings.buildWidth(), SEED, keys.size());
        if (workers.count() == 1) {
            return alone.build(keys.size());
        }
        HnswBuilder together = new HnswConcurrentMergeBuilder(
                workers.executor(),
                workers.count(),
                similarities,
                settings.neighbours(),
                settings.buildWidth(),
                alone.getGraph(),
                null);
        return together.build(keys.size());
    }

    /// Similarity of two items: the greater, the nearer.
    private record Similarities(ProjectedVectors keys) implements RandomVectorScorerSupplier {

        @Override
        public UpdateableRandomVectorScorer scorer() {
            return new Similarity(keys);
        }

        @Override
        public RandomVectorScorerSupplier copy() {
            return this;
        }
    }

    private static final class Similarity implements UpdateableRandomVectorScorer {

        private final ProjectedVectors keys;
        private float[] from;

        Similarity(ProjectedVectors keys) {
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

    /// Parameters for building an index.
    ///
    /// @param axes maximum number of principal axes of the queries to project the vectors on; a search
    ///     finds its candidates by the projections only
    /// @param neighbours number of links that an item receives at insertion (M); later insertions may
    ///     double it
    /// @param buildWidth number of candidates for the neighbours of an item (efConstruction): more take
    ///     longer and are better
    /// @param threads number of threads; with one, the file is reproducible
    public record HnswSettings(int axes, int neighbours, int buildWidth, int threads) {

        /// Parameters that decision 6 recommends, with one thread.
        public static final HnswSettings DEFAULT = new HnswSettings(63, 16, 100, 1);

        static final int MAX_AXES = 1023;
        static final int MAX_NEIGHBOURS = 256;

        public HnswSettings {
            within(1, MAX_AXES, axes, "axes");
            within(2, MAX_NEIGHBOURS, neighbours, "neighbours");
            within(1, 10_000, buildWidth, "build width");
            within(1, 1024, threads, "threads");
        }

        /// Returns these settings with another number of threads.
        public HnswSettings withThreads(int count) {
            return new HnswSettings(axes, neighbours, buildWidth, count);
        }

        private static void within(int min, int max, int value, String name) {
            if (value < min || value > max) {
                throw new IllegalArgumentException("%s: %d is not from %d to %d".formatted(name, value, min, max));
            }
        }
    }
}
