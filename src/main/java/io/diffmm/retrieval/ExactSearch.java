package io.diffmm.retrieval;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import io.diffmm.engine.ProcessorFeatures;
import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.TopK.TopKHeap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

    /// Maximum size of a small batch.
    private static final int MAX_SMALL_BATCH = 4;

    private final ItemVectors vectors;
    private final FlatScan few; // for small batches
    private final FlatScan many; // for large batches, may be the same

    /// Creates a search over `vectors`.
    ///
    /// @param precision precision of the scan; empty for those that suit the processor
    /// @param manager owner of the scan's vectors, which determines the device; must stay open while this object is
    ///     in use
    public ExactSearch(ItemVectors vectors, Optional<Precision> precision, NDManager manager) {
        this.vectors = vectors;
        ScanSelection scans = ScanSelection.of(vectors, precision, manager);
        this.few = scans.few();
        this.many = scans.many();
    }

    @Override
    public List<Ranking> best(List<double[]> queries, List<TopKRequest> requests) {
        return best(vectors, queries.size() <= MAX_SMALL_BATCH ? few : many, queries, requests);
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
        return Stream.of(few, many)
                .map(scan -> scan.precision().label())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    @Override
    public void close() {
        few.close();
        many.close();
    }

    /// Scans of one search for small batches and for large batches, which may be the same.
    ///
    /// Unless a precision is given, [Precision#suited] names one for each size: the same on every machine
    /// with the same processor. The selection does not affect results.
    private record ScanSelection(FlatScan few, FlatScan many) {

        private static final Logger LOG = LoggerFactory.getLogger(ScanSelection.class);

        /// Creates scans in the given precision, or in those that suit the processor.
        static ScanSelection of(ItemVectors vectors, Optional<Precision> precision, NDManager manager) {
            Device device = manager.getDevice();
            if (precision.isPresent()) {
                requirePossible(precision.get(), Precision.on(device));
                FlatScan scan = new FlatScan(vectors, precision.get(), manager);
                return new ScanSelection(scan, scan);
            }
            ProcessorFeatures processor = ProcessorFeatures.ofThisMachine();
            Precision forFew = Precision.suited(device, processor, vectors.size(), vectors.width(), false);
            Precision forMany = Precision.suited(device, processor, vectors.size(), vectors.width(), true);
            FlatScan few = open(vectors, forFew, manager);
            return new ScanSelection(few, forMany == forFew ? few : open(vectors, forMany, manager));
        }

        private static void requirePossible(Precision precision, List<Precision> possible) {
            if (!possible.contains(precision)) {
                throw new IllegalArgumentException("precision %s is not available on this device; available: %s"
                        .formatted(
                                precision.label(),
                                possible.stream().map(Precision::label).toList()));
            }
        }

        /// Creates a scan, in float32 if the engine does not support the precision on this processor.
        private static FlatScan open(ItemVectors vectors, Precision precision, NDManager manager) {
            try {
                FlatScan scan = new FlatScan(vectors, precision, manager);
                try (NDManager scope = scan.newScope()) {
                    scan.products(List.of(new double[vectors.width()]), scope);
                }
                return scan;
            } catch (EngineException e) { // the manager owns the program of the scan
                if (precision == Precision.FLOAT32) {
                    throw e;
                }
                LOG.info(
                        "The engine does not support scans in {} on this processor; scanning in float32",
                        precision.label(),
                        e);
                return new FlatScan(vectors, Precision.FLOAT32, manager);
            }
        }
    }
}
