package io.diffmm.retrieval;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import io.diffmm.engine.EngineThreads;
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

/// The scans of one search: one for few queries at once, one for many, which may be the same.
///
/// What is fastest depends on the processor, the width of the vectors and the size of the batch: a single query is
/// bound by the bytes read, a batch by the multiplications. So unless a precision is asked for, all are tried with the
/// vectors at hand, and the best are kept. The choice never shows in a result.
final class ScanChoice implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(ScanChoice.class.getName());

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /// Up to so many queries are few.
    private static final int FEW = 4;

    private static final int MANY = 32;
    private static final int ROUNDS = 5;

    /// As many items as most requests want.
    private static final int WANTED = 20;

    private final ItemScan few;
    private final ItemScan many;

    private ScanChoice(ItemScan few, ItemScan many) {
        this.few = few;
        this.many = many;
    }

    /// Scans in the precision asked for, or in the fastest ones.
    static ScanChoice of(ItemVectors vectors, Optional<Precision> precision, NDManager manager) {
        List<Precision> possible = Precision.on(manager.getDevice());
        if (precision.isPresent()) {
            requirePossible(precision.get(), possible);
            ItemScan scan = new ItemScan(vectors, precision.get(), manager);
            return new ScanChoice(scan, scan);
        }
        List<ItemScan> scans = new ArrayList<>();
        for (Precision tried : possible) {
            attempt(vectors, tried, manager).ifPresent(scans::add);
        }
        ItemScan few = fastest(vectors, scans, queries(vectors.width(), 1));
        ItemScan many = fastest(vectors, scans, queries(vectors.width(), MANY));
        scans.stream().filter(scan -> scan != few && scan != many).forEach(ItemScan::close);
        return new ScanChoice(few, many);
    }

    private static void requirePossible(Precision precision, List<Precision> possible) {
        if (!possible.contains(precision)) {
            throw new IllegalArgumentException("precision is %s, which this device does not have; it has %s"
                    .formatted(
                            precision.label(),
                            possible.stream().map(Precision::label).toList()));
        }
    }

    /// A scan, unless the processor cannot multiply in that precision.
    private static Optional<ItemScan> attempt(ItemVectors vectors, Precision precision, NDManager manager) {
        try {
            ItemScan scan = new ItemScan(vectors, precision, manager);
            ExactSearch.best(vectors, scan, queries(vectors.width(), 1), List.of(new Wanted(new BitSet(), WANTED)));
            return Optional.of(scan);
        } catch (EngineException e) {
            if (precision == Precision.FLOAT32) {
                throw e;
            }
            LOG.log(System.Logger.Level.INFO, "items are not scanned in " + precision.label() + " here", e);
            return Optional.empty();
        }
    }

    private static ItemScan fastest(ItemVectors vectors, List<ItemScan> scans, List<double[]> queries) {
        ItemScan best = scans.getFirst();
        long least = Long.MAX_VALUE;
        for (ItemScan scan : scans) {
            long taken = nanos(vectors, scan, queries);
            if (taken < least) {
                best = scan;
                least = taken;
            }
        }
        return best;
    }

    /// The shortest time of some rounds: what disturbs a round only makes it longer. It is time on a core, which other
    /// threads may want too; a GPU, which it would not tell of, leaves no choice.
    private static long nanos(ItemVectors vectors, ItemScan scan, List<double[]> queries) {
        return EngineThreads.with(1, () -> leastNanos(vectors, scan, queries));
    }

    private static long leastNanos(ItemVectors vectors, ItemScan scan, List<double[]> queries) {
        List<Wanted> wanted = Collections.nCopies(queries.size(), new Wanted(new BitSet(), WANTED));
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long start = THREADS.getCurrentThreadCpuTime();
            ExactSearch.best(vectors, scan, queries, wanted);
            least = Math.min(least, THREADS.getCurrentThreadCpuTime() - start);
        }
        return least;
    }

    private static List<double[]> queries(int width, int count) {
        var random = new Random(0);
        return Stream.generate(() -> random.doubles(width, -1, 1).toArray())
                .limit(count)
                .toList();
    }

    /// The scan for a batch of that size.
    ItemScan forBatch(int size) {
        return size <= FEW ? few : many;
    }

    /// The precisions in use, say `int8, bfloat16`.
    String describe() {
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
}
