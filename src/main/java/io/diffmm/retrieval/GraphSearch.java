package io.diffmm.retrieval;

import io.diffmm.ranking.BestRows;
import io.diffmm.ranking.Ranking;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.hnsw.HnswGraphSearcher;

/// Approximate search of a large catalogue: a walk over a graph that [GraphBuilder] built, which looks at a few
/// thousand items, and exact products of the best of them.
///
/// What it returns is scored exactly and ordered as every search orders it; but an item may be missing that an
/// exhaustive search finds. How often is a matter of the width, and [#recall] measures it. A list is never
/// shorter than asked for while items are left: excluded items are passed through but not collected; where the
/// walk finds too few, it is repeated with a greater width; and where it would have to look at a good part of
/// the catalogue, every item that is not excluded is multiplied exactly.
///
/// Memory: maps the file, vectors included, and keeps nothing else; the pages that searches touch stay in the page
/// cache. May be used by several threads at once.
public final class GraphSearch implements ItemSearch {

    /// For each item wanted so many candidates are collected at least.
    private static final int CANDIDATES_PER_ITEM = 2;

    private static final int WIDENING = 4;

    /// Items of the lists that recall is measured on.
    private static final int PROBED = 20;

    /// How many items a walk looks at for each candidate, about, where nothing is excluded.
    private static final int ITEMS_PER_CANDIDATE = 16;

    private final GraphFile file;
    private final ItemVectors vectors;
    private final GraphLayout layout;
    private final double[][] queryRows; // [K, F]
    private final int width;
    private volatile Optional<double[]> latest = Optional.empty();
    private volatile boolean exhaustive;

    private GraphSearch(GraphFile file, int width) {
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
    /// @param path what [GraphBuilder] wrote
    /// @param width candidates that are collected and multiplied exactly; more find more and take longer
    /// @throws InvalidGraphException if the file is not an index or damaged
    public static GraphSearch open(Path path, int width) {
        if (width < 1) {
            throw new IllegalArgumentException("width is %d, not 1 or more".formatted(width));
        }
        return new GraphSearch(GraphFile.open(path), width);
    }

    /// The items' vectors, mapped.
    @Override
    public ItemVectors vectors() {
        return vectors;
    }

    @Override
    public List<Ranking> best(List<double[]> queries, List<Wanted> wanted) {
        latest = Optional.of(queries.getLast());
        List<Ranking> rankings = new ArrayList<>(queries.size());
        for (int row = 0; row < queries.size(); row++) {
            double[] query = queries.get(row);
            rankings.add(AddedScores.best(
                    vectors,
                    query,
                    wanted.get(row),
                    others -> exhaustive ? exhaustive(query, others) : best(query, others)));
        }
        return rankings;
    }

    @Override
    public void setExhaustive(boolean exhaustive) {
        this.exhaustive = exhaustive;
    }

    /// The share of the exact best items that are found, over all queries.
    ///
    /// @param queries vectors `[F]`, at least one
    /// @param count how many items of each
    /// @return from 0 to 1
    public double recall(List<double[]> queries, int count) {
        var all = new Wanted(new BitSet(), count);
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

    private Ranking best(double[] query, Wanted wanted) {
        int left = layout.items() - wanted.excluded().get(0, layout.items()).cardinality();
        int count = Math.min(wanted.count(), left);
        if (count == 0) {
            return Ranking.empty();
        }
        var products = new KeyProducts(file, coordinates(query));
        long collected = Math.max(width, (long) CANDIDATES_PER_ITEM * count);
        while (isWalkCheaper(collected, left)) {
            ScoreDoc[] candidates = candidates(products, wanted.excluded(), (int) collected);
            if (candidates.length >= count) {
                return exactly(query, candidates, count);
            }
            collected *= WIDENING;
        }
        return exhaustive(query, wanted);
    }

    /// Whether a walk looks at fewer items than there are left to be multiplied. It passes through excluded ones, too.
    private boolean isWalkCheaper(long collected, int left) {
        return collected * ITEMS_PER_CANDIDATE * layout.items() < (long) left * left;
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

    private ScoreDoc[] candidates(KeyProducts products, BitSet excluded, int count) {
        var collector = new TopKnnCollector(count, Integer.MAX_VALUE);
        try {
            HnswGraphSearcher.search(products, collector, new MappedGraph(file), new Allowed(excluded, layout.items()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return collector.topDocs().scoreDocs;
    }

    private Ranking exactly(double[] query, ScoreDoc[] candidates, int count) {
        var best = new BestRows(count);
        for (ScoreDoc candidate : candidates) {
            best.offer(candidate.doc, vectors.product(query, candidate.doc));
        }
        return best.drain();
    }

    private Ranking exhaustive(double[] query, Wanted wanted) {
        var best = new BestRows(Math.min(wanted.count(), layout.items()));
        BitSet excluded = wanted.excluded();
        for (int item = excluded.nextClearBit(0); item < layout.items(); item = excluded.nextClearBit(item + 1)) {
            best.offer(item, vectors.product(query, item));
        }
        return best.drain();
    }

    @Override
    public OptionalDouble latestRecall() {
        return latest.stream()
                .mapToDouble(query -> recall(List.of(query), PROBED))
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

    /// The items that may be collected.
    private record Allowed(BitSet excluded, int length) implements Bits {

        @Override
        public boolean get(int item) {
            return !excluded.get(item);
        }
    }
}
