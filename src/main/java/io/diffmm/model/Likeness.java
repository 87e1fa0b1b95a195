package io.diffmm.model;

import io.diffmm.model.StageTimes.Stage;
import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.ItemSearch;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.ItemVectors;
import io.diffmm.retrieval.Wanted;
import java.util.BitSet;
import java.util.List;

/// How alike items are: the cosine of their vectors.
public final class Likeness implements AutoCloseable {

    /// Never has an index: it is asked seldom, and without a sample of its queries.
    private static final String NAME = "likeness";

    private final ItemSearch search; // every item of length 1

    /// The likeness of items.
    ///
    /// @param items their vectors; biases do not count
    /// @param searches opens the search
    public Likeness(ItemVectors items, ItemSearches searches) {
        this.search = searches.open(NAME, items.size(), items::unit);
    }

    /// The items most like those asked for, without themselves.
    ///
    /// @return a ranking for each query
    public List<Ranking> best(List<SimilarityQuery> queries, StageTimes times) {
        List<double[]> vectors = queries.stream()
                .map(query -> search.vectors().vector(query.item()))
                .toList();
        List<Wanted> wanted = queries.stream()
                .map(query -> new Wanted(only(query.item()), query.count()))
                .toList();
        return times.measure(Stage.SIMILARITY, () -> search.best(vectors, wanted));
    }

    private static BitSet only(int item) {
        BitSet items = new BitSet();
        items.set(item);
        return items;
    }

    /// Frees what the search holds.
    @Override
    public void close() {
        search.close();
    }
}
