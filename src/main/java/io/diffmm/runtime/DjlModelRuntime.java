package io.diffmm.runtime;

import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.engine.PyTorch.EngineThreads;
import io.diffmm.engine.PyTorch.NativeMemory;
import io.diffmm.model.BatchSizes;
import io.diffmm.model.Recommender;
import io.diffmm.model.Recommender.ExplanationQuery;
import io.diffmm.model.Recommender.RankingQuery;
import io.diffmm.model.Recommender.SimilarityQuery;
import io.diffmm.model.UserHistory;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Model loaded by DJL, behind one [InferencePool].
final class DjlModelRuntime implements ModelRuntime {

    private static final int WARM_UP_COUNT = 20;

    /// Maximum number of history items that an explanation leaves out in turn: as much work as two batches of rankings.
    private static final int MAX_LEFT_OUT = 64;

    private final ServedModel description;
    private final LoadedModel model;
    private final InferencePool pool;
    private final IndexProbe probe;

    private DjlModelRuntime(LoadedModel model, InferencePool pool, IndexProbe probe) {
        this.description = model.describe();
        this.model = model;
        this.pool = pool;
        this.probe = probe;
    }

    /// Verifies, loads and warms up a version, and repeats the probes of its training job.
    static DjlModelRuntime open(
            Path version, RuntimeSettings settings, RuntimeListener listener, LoadPriority priority) {
        LoadedModel model = priority.run(() -> EngineThreads.with(
                1, // more engine threads would take cores from the computing threads
                () -> LoadedModel.open(version, settings.device(), settings.search())));
        InferencePool pool = startedPool(model, settings, listener);
        try {
            pool.awaitWarm();
            checkProbes(model, pool);
            return new DjlModelRuntime(
                    model, pool, new IndexProbe(model.recommender(), settings.probeInterval(), listener));
        } catch (RuntimeException | Error e) {
            closeAfter(e, pool, model);
            throw e;
        }
    }

    /// Searches exhaustively, because the training job recorded the probes before the model had indexes.
    private static void checkProbes(LoadedModel model, InferencePool pool) {
        model.recommender().setExhaustive(true);
        new ProbeCheck(model.contents(), pool::recommend).run();
        model.recommender().setExhaustive(false);
    }

    private static InferencePool startedPool(LoadedModel model, RuntimeSettings settings, RuntimeListener listener) {
        try {
            return pool(model, settings, listener);
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /// Frees the model's arrays, unless a thread that does not end still uses them.
    private static void closeAfter(Throwable failure, InferencePool pool, LoadedModel model) {
        try {
            pool.close();
            model.close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private static InferencePool pool(LoadedModel model, RuntimeSettings settings, RuntimeListener listener) {
        int maxBatch = settings.maxBatch();
        BatchSizes sizes = model.isOnGpu() ? BatchSizes.few(maxBatch) : BatchSizes.any(maxBatch);
        List<RankingQuery> queries = ownQueries(model.contents().histories(), maxBatch);
        return new InferencePool(
                new BatchRunner(model.recommender(), sizes, settings.timeout(), listener),
                model.isOnGpu() ? 1 : settings.threadsOr(Runtime.getRuntime().availableProcessors()),
                settings.queueCapacity(),
                maxBatch,
                sizes.warmed().stream().map(size -> queries.subList(0, size)).toList());
    }

    /// Returns queries for the histories of trained users.
    private static List<RankingQuery> ownQueries(InteractionMatrix histories, int count) {
        return IntStream.range(0, count)
                .map(at -> at % histories.rows())
                .mapToObj(user -> new UserHistory(OptionalInt.of(user), histories.row(user)))
                .map(history -> new RankingQuery(history, new BitSet(), WARM_UP_COUNT))
                .toList();
    }

    @Override
    public ServedModel model() {
        return description;
    }

    @Override
    public CompletableFuture<Ranking> recommend(OptionalInt user, int[] history, BitSet excluded, int count) {
        return pool.recommend(new RankingQuery(new UserHistory(user, history), excluded, count));
    }

    @Override
    public CompletableFuture<Ranking> similar(int item, int count) {
        return pool.similar(new SimilarityQuery(item, count));
    }

    @Override
    public CompletableFuture<List<Explanation>> explain(OptionalInt user, int[] history, int[] items, boolean reasons) {
        return pool.explain(new ExplanationQuery(new UserHistory(user, history), items, reasons ? MAX_LEFT_OUT : 0));
    }

    @Override
    public boolean full() {
        return pool.full();
    }

    @Override
    public int waiting() {
        return pool.waiting();
    }

    @Override
    public boolean ready() {
        return pool.ready();
    }

    @Override
    public void close() {
        probe.close();
        pool.close();
        model.close();
        NativeMemory.giveBack();
    }

    /// Periodic measurement of index recall on recent requests; does nothing for a model without index.
    private static final class IndexProbe implements AutoCloseable {

        private static final Logger LOG = LoggerFactory.getLogger(IndexProbe.class);
        private static final Duration MAX_MEASUREMENT = Duration.ofSeconds(30);

        private final Recommender model;
        private final RuntimeListener listener;
        private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("index-probe").daemon().factory());

        /// Starts the measurements.
        IndexProbe(Recommender model, Duration interval, RuntimeListener listener) {
            this.model = model;
            this.listener = listener;
            var _ = executor.scheduleWithFixedDelay(
                    this::measure, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
        }

        /// Catches every failure: the executor would cancel all later measurements.
        private void measure() {
            try {
                model.indexRecall().ifPresent(listener::indexProbed);
            } catch (RuntimeException | Error e) {
                LOG.warn("Recall of the index could not be measured", e);
            }
        }

        /// Ends a running measurement, so that the caller may free the model.
        ///
        /// @throws IllegalStateException if it does not end in time
        @Override
        public void close() {
            if (!Tasks.shutDownUninterruptibly(executor, MAX_MEASUREMENT)) {
                throw new IllegalStateException("index probe did not end within " + MAX_MEASUREMENT);
            }
        }
    }
}
