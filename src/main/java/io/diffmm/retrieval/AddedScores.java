package io.diffmm.retrieval;

import io.diffmm.ranking.BestRows;
import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.SparseScores;
import java.util.BitSet;
import java.util.function.Function;

/// How a search that knows products only ranks by sums: it looks among the other items, and those that something comes
/// to are multiplied one by one.
final class AddedScores {

    private AddedScores() {}

    /// The best items of a query.
    ///
    /// @param search among all items, by their products alone
    static Ranking best(ItemVectors vectors, double[] query, Wanted wanted, Function<Wanted, Ranking> search) {
        SparseScores added = wanted.added();
        if (added.size() == 0) {
            return search.apply(wanted);
        }
        BitSet passed = (BitSet) wanted.excluded().clone();
        var best = new BestRows(Math.min(wanted.count(), vectors.size()));
        for (int at = 0; at < added.size(); at++) {
            int item = added.row(at);
            if (!passed.get(item)) {
                best.offer(item, vectors.product(query, item) + added.score(at));
                passed.set(item);
            }
        }
        Ranking others = search.apply(new Wanted(passed, wanted.count()));
        for (int place = 0; place < others.size(); place++) {
            best.offer(others.row(place), vectors.product(query, others.row(place)));
        }
        return best.drain();
    }
}
