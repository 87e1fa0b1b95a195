package io.diffmm.model;

import io.diffmm.model.Recommender.SimilarityQuery;
import io.diffmm.model.StageTimes.Stage;
import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.ItemSearch;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.ItemVectors;
import io.diffmm.retrieval.TopKRequest;
import java.util.BitSet;
import java.util.List;

/// Similarity of items: the cosine of their vectors.
public final class ItemSimilarity implements AutoCloseable {

    /// Name of the search, which never has an index: queries are rare, and there is no sample of them.
    private static final String NAME = "likeness";

    private final ItemSearch search; // every item of length 1

    /// @param items vectors of the items; biases do not count
    /// @param searches opens the search
    public ItemSimilarity(ItemVectors items, ItemSearches searches) {
        this.search = searches.open(NAME, items.size(), items::unit);
    }

    /// Finds the items most similar to those of the queries, without themselves.
    ///
    /// @return one ranking per query
    public List<Ranking> best(List<SimilarityQuery> queries, StageTimes times) {
        List<double[]> vectors = queries.stream()
                .map(query -> search.vectors().vector(query.item()))
                .toList();
        List<TopKRequest> requests = queries.stream()
                .map(query -> new TopKRequest(only(query.item()), query.count()))
                .toList();
        return times.measure(Stage.SIMILARITY, () -> search.best(vectors, requests));
    }

    private static BitSet only(int item) {
        BitSet items = new BitSet();
        items.set(item);
        return items;
    }

    /// Frees the arrays of the search.
    @Override
    public void close() {
        search.close();
    }
}
