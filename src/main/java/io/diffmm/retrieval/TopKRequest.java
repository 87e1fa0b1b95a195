package io.diffmm.retrieval;

import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.SparseScores;
import io.diffmm.ranking.TopK.TopKHeap;
import java.util.BitSet;
import java.util.function.Function;

/// Parameters of a top-k search with one query.
///
/// @param excluded items to leave out; shared, must not be modified
/// @param count maximum number of items, k
/// @param added score offsets: numbers that are added to the inner products of some items
public record TopKRequest(BitSet excluded, int count, SparseScores added) {

    /// Creates a request without score offsets.
    public TopKRequest(BitSet excluded, int count) {
        this(excluded, count, SparseScores.NONE);
    }

    /// Ranks by inner product plus score offset, by means of a search that ranks by inner product alone.
    ///
    /// Items with an offset are scored one by one; the search ranks the other items.
    ///
    /// @param search finds the best items of a request without offsets
    Ranking best(ItemVectors vectors, double[] query, Function<TopKRequest, Ranking> search) {
        if (added.size() == 0) {
            return search.apply(this);
        }
        BitSet others = (BitSet) excluded.clone();
        var best = new TopKHeap(Math.min(count, vectors.size()));
        for (int at = 0; at < added.size(); at++) {
            int item = added.row(at);
            if (!others.get(item)) {
                best.offer(item, vectors.product(query, item) + added.score(at));
                others.set(item);
            }
        }
        Ranking ranked = search.apply(new TopKRequest(others, count));
        for (int place = 0; place < ranked.size(); place++) {
            best.offer(ranked.row(place), vectors.product(query, ranked.row(place)));
        }
        return best.drain();
    }
}
