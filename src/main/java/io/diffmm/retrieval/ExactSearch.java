package io.diffmm.retrieval;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import io.diffmm.engine.PyTorch.EngineThreads;
import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.TopK.TopKHeap;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
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
    /// @param precision precision of the scan; empty for the fastest
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

    /// Selection of the scans of one search: one for small batches and one for large batches, which may be the same.
    ///
    /// The fastest precision depends on the processor, the width of the vectors and the size of the batch:
    /// a single query is bound by memory bandwidth, a batch by multiplications. Unless a precision is
    /// given, all are measured with the actual vectors, and the fastest are kept. The selection does not
    /// affect results.
    private record ScanSelection(FlatScan few, FlatScan many) {

        private static final Logger LOG = LoggerFactory.getLogger(ScanSelection.class);

        private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

        private static final int LARGE_BATCH = 32;
        private static final int ROUNDS = 5;

        /// Number of items of a typical request.
        private static final int TYPICAL_COUNT = 20;

        /// Creates scans in the given precision, or in the fastest ones.
        static ScanSelection of(ItemVectors vectors, Optional<Precision> precision, NDManager manager) {
            List<Precision> possible = Precision.on(manager.getDevice());
            if (precision.isPresent()) {
                requirePossible(precision.get(), possible);
                FlatScan scan = new FlatScan(vectors, precision.get(), manager);
                return new ScanSelection(scan, scan);
            }
            List<FlatScan> scans = new ArrayList<>();
            for (Precision tried : possible) {
                attempt(vectors, tried, manager).ifPresent(scans::add);
            }
            FlatScan few = fastest(vectors, scans, queries(vectors.width(), 1));
            FlatScan many = fastest(vectors, scans, queries(vectors.width(), LARGE_BATCH));
            scans.stream().filter(scan -> scan != few && scan != many).forEach(FlatScan::close);
            return new ScanSelection(few, many);
        }

        private static void requirePossible(Precision precision, List<Precision> possible) {
            if (!possible.contains(precision)) {
                throw new IllegalArgumentException("precision %s is not available on this device; available: %s"
                        .formatted(
                                precision.label(),
                                possible.stream().map(Precision::label).toList()));
            }
        }

        /// Creates a scan, unless the processor does not support the precision.
        private static Optional<FlatScan> attempt(ItemVectors vectors, Precision precision, NDManager manager) {
            try {
                FlatScan scan = new FlatScan(vectors, precision, manager);
                ExactSearch.best(
                        vectors,
                        scan,
                        queries(vectors.width(), 1),
                        List.of(new TopKRequest(new BitSet(), TYPICAL_COUNT)));
                return Optional.of(scan);
            } catch (EngineException e) {
                if (precision == Precision.FLOAT32) {
                    throw e;
                }
                LOG.info(
                        "Precision {} is not supported by this processor and not used for scans", precision.label(), e);
                return Optional.empty();
            }
        }

        private static FlatScan fastest(ItemVectors vectors, List<FlatScan> scans, List<double[]> queries) {
            FlatScan best = scans.getFirst();
            long min = Long.MAX_VALUE;
            for (FlatScan scan : scans) {
                long taken = nanos(vectors, scan, queries);
                if (taken < min) {
                    best = scan;
                    min = taken;
                }
            }
            return best;
        }

        /// Returns the shortest of several measurements, because disturbances only lengthen them. Measures
        /// CPU time of this thread, which does not depend on other threads. It does not include time on a
        /// GPU, where only one precision is available.
        private static long nanos(ItemVectors vectors, FlatScan scan, List<double[]> queries) {
            return EngineThreads.with(1, () -> minNanos(vectors, scan, queries));
        }

        private static long minNanos(ItemVectors vectors, FlatScan scan, List<double[]> queries) {
            List<TopKRequest> requests =
                    Collections.nCopies(queries.size(), new TopKRequest(new BitSet(), TYPICAL_COUNT));
            long min = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) {
                long start = THREADS.getCurrentThreadCpuTime();
                ExactSearch.best(vectors, scan, queries, requests);
                min = Math.min(min, THREADS.getCurrentThreadCpuTime() - start);
            }
            return min;
        }

        private static List<double[]> queries(int width, int count) {
            var random = new Random(0);
            return Stream.generate(() -> random.doubles(width, -1, 1).toArray())
                    .limit(count)
                    .toList();
        }
    }
}
