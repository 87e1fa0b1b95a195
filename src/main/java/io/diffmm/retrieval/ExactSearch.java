package io.diffmm.retrieval;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import io.diffmm.engine.ProcessorFeatures;
import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.TopK.TopKHeap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Exhaustive search: scans all items in some [Precision], and computes exact products of the candidates.
///
/// If approximate products differ from the exact ones by at most `e`, an item whose approximate product is more than
/// `2 e` below the k-th best one cannot be among the k best. The products of all other items are computed exactly.
/// Score offsets are added before that. So the result is the same in every precision, on every device and
/// in every batch.
///
/// Memory: owns the program of the scan, which contains the vectors in the selected precision, but not the exact
/// vectors. A call frees the arrays that it creates.
public final class ExactSearch implements ItemSearch {

    private static final Logger LOG = LoggerFactory.getLogger(ExactSearch.class);

    private final ItemVectors vectors;
    private final FlatScan scan;

    /// Creates a search over `vectors`.
    ///
    /// @param precision precision of the scan; empty for the one that suits processor and vectors, or float32 if
    ///     the engine does not support that one on this processor
    /// @param manager owner of the scan's vectors, which determines the device; must stay open while this object is
    ///     in use
    public ExactSearch(ItemVectors vectors, Optional<Precision> precision, NDManager manager) {
        this.vectors = vectors;
        this.scan = precision.map(given -> required(vectors, given, manager)).orElseGet(() -> suited(vectors, manager));
    }

    @Override
    public List<Ranking> best(List<double[]> queries, List<TopKRequest> requests) {
        return best(vectors, scan, queries, requests);
    }

    static List<Ranking> best(ItemVectors vectors, FlatScan scan, List<double[]> queries, List<TopKRequest> requests) {
        try (NDManager scope = scan.newScope()) {
            ApproximateScores products = scan.products(queries, scope);
            List<Ranking> rankings = new ArrayList<>(queries.size());
            for (int row = 0; row < queries.size(); row++) {
                rankings.add(best(vectors, products, row, queries.get(row), requests.get(row)));
            }
            return rankings;
        }
    }

    private static Ranking best(
            ItemVectors vectors, ApproximateScores products, int row, double[] query, TopKRequest request) {
        var best = new TopKHeap(Math.min(request.count(), vectors.size()));
        products.candidates(
                row,
                request,
                item -> best.offer(
                        item, vectors.product(query, item) + request.added().of(item)));
        return best.drain();
    }

    @Override
    public ItemVectors vectors() {
        return vectors;
    }

    @Override
    public String describe() {
        return scan.precision().label();
    }

    private static FlatScan required(ItemVectors vectors, Precision precision, NDManager manager) {
        List<Precision> possible = Precision.on(manager.getDevice());
        if (!possible.contains(precision)) {
            throw new IllegalArgumentException("precision %s is not available on this device; available: %s"
                    .formatted(
                            precision.label(),
                            possible.stream().map(Precision::label).toList()));
        }
        return new FlatScan(vectors, precision, manager);
    }

    private static FlatScan suited(ItemVectors vectors, NDManager manager) {
        Precision suited = Precision.suited(manager.getDevice(), ProcessorFeatures.ofThisMachine(), vectors.width());
        try {
            FlatScan scan = new FlatScan(vectors, suited, manager);
            try (NDManager scope = scan.newScope()) {
                scan.products(List.of(new double[vectors.width()]), scope);
            }
            return scan;
        } catch (EngineException e) { // the manager owns the program of the scan
            if (suited == Precision.FLOAT32) {
                throw e;
            }
            LOG.info(
                    "The engine does not support scans in {} on this processor; scanning in float32",
                    suited.label(),
                    e);
            return new FlatScan(vectors, Precision.FLOAT32, manager);
        }
    }

    @Override
    public void close() {
        scan.close();
    }
}
