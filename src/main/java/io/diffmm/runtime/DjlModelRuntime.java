package io.diffmm.runtime;

import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.engine.PyTorch.EngineThreads;
import io.diffmm.model.BatchSizes;
import io.diffmm.model.ExplanationQuery;
import io.diffmm.model.RankingQuery;
import io.diffmm.model.SimilarityQuery;
import io.diffmm.model.UserHistory;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/// A loaded model behind one [InferencePool].
final class DjlModelRuntime implements ModelRuntime {

    private static final int WARM_UP_COUNT = 20;

    /// Items of a history that an explanation leaves out in turn: as much work as two batches of rankings.
    private static final int MOST_LEFT_OUT = 64;

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

    /// Verifies, loads and warms up.
    static DjlModelRuntime open(Path version, RuntimeSettings settings, RuntimeListener listener, Loading loading) {
        LoadedModel model = loading.run(() -> EngineThreads.with(
                1, // a team of this thread would leave the computing ones no cores to spin on
                () -> LoadedModel.open(version, settings.device(), settings.search())));
        InferencePool pool = startedPool(model, settings, listener);
        try {
            pool.awaitWarm();
            probe(model, pool);
            return new DjlModelRuntime(
                    model, pool, new IndexProbe(model.recommender(), settings.probeInterval(), listener));
        } catch (RuntimeException | Error e) {
            closeAfter(e, pool, model);
            throw e;
        }
    }

    /// Without indexes, which may miss items: the training job asked the model before it had any.
    private static void probe(LoadedModel model, InferencePool pool) {
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

    /// Frees a model's arrays once no thread uses them any more; if one still does, they stay.
    private static void closeAfter(Throwable failure, InferencePool pool, LoadedModel model) {
        try {
            pool.close();
            model.close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private static InferencePool pool(LoadedModel model, RuntimeSettings settings, RuntimeListener listener) {
        int most = settings.maxBatch();
        BatchSizes sizes = model.isOnGpu() ? BatchSizes.few(most) : BatchSizes.any(most);
        List<RankingQuery> queries = ownQueries(model.contents().histories(), most);
        return new InferencePool(
                new BatchRunner(model.recommender(), sizes, settings.timeout(), listener),
                model.isOnGpu() ? 1 : settings.threadsOr(Runtime.getRuntime().availableProcessors()),
                settings.queueCapacity(),
                most,
                sizes.warmed().stream().map(size -> queries.subList(0, size)).toList());
    }

    /// What some of the model's own users might ask.
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
    public CompletableFuture<List<Explanation>> explain(OptionalInt user, int[] history, int[] items) {
        return pool.explain(new ExplanationQuery(new UserHistory(user, history), items, MOST_LEFT_OUT));
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
    }
}
