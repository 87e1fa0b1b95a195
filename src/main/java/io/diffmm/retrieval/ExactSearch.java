package io.diffmm.retrieval;

import ai.djl.ndarray.NDManager;
import io.diffmm.ranking.BestRows;
import io.diffmm.ranking.Ranking;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Search by a scan of all items in some [Precision], and exact products of those that may be among the best.
///
/// With approximate products that are at most `e` from the exact ones, no item whose approximate product is more than
/// `2 e` below the k-th best one can be among the k best. All others are multiplied exactly. What comes to the products
/// of some items is added before that, or, where those are few, they are multiplied one by one. So the result
/// is the same in every precision, on every device and in every batch.
///
/// Memory: owns the scan's program and, in it, the vectors in the precision chosen; the exact ones belong to somebody
/// else. A call frees what it made.
public final class ExactSearch implements ItemSearch {

    private final ItemVectors vectors;
    private final ScanChoice scans;

    /// A search over `vectors`.
    ///
    /// @param manager keeps the scan's vectors as long as this object is used, and decides the device
    /// @param precision of the scan; empty for whatever is fastest
    public ExactSearch(ItemVectors vectors, Optional<Precision> precision, NDManager manager) {
        this.vectors = vectors;
        this.scans = ScanChoice.of(vectors, precision, manager);
    }

    @Override
    public List<Ranking> best(List<double[]> queries, List<Wanted> wanted) {
        return best(vectors, scans.forBatch(queries.size()), queries, wanted);
    }

    static List<Ranking> best(ItemVectors vectors, ItemScan scan, List<double[]> queries, List<Wanted> wanted) {
        try (NDManager scope = scan.newScope()) {
            Products products = scan.products(queries, scope);
            List<Ranking> rankings = new ArrayList<>(queries.size());
            for (int row = 0; row < queries.size(); row++) {
                rankings.add(best(vectors, products, row, queries.get(row), wanted.get(row)));
            }
            return rankings;
        }
    }

    private static Ranking best(ItemVectors vectors, Products products, int row, double[] query, Wanted wanted) {
        if (wanted.added().size() <= products.blocks()) { // so few that the greatest products of blocks still help
            return AddedScores.best(vectors, query, wanted, others -> bestOf(vectors, products, row, query, others));
        }
        return bestOf(vectors, products, row, query, wanted);
    }

    private static Ranking bestOf(ItemVectors vectors, Products products, int row, double[] query, Wanted wanted) {
        var best = new BestRows(Math.min(wanted.count(), vectors.size()));
        products.candidates(
                row,
                wanted,
                item -> best.offer(
                        item, vectors.product(query, item) + wanted.added().of(item)));
        return best.drain();
    }

    @Override
    public ItemVectors vectors() {
        return vectors;
    }

    @Override
    public String describe() {
        return scans.describe();
    }

    @Override
    public void close() {
        scans.close();
    }
}
