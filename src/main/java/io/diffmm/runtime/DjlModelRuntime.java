package io.diffmm.runtime;

import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.model.RankingQuery;
import io.diffmm.model.UserHistory;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/// A loaded model behind one [InferenceThread].
final class DjlModelRuntime implements ModelRuntime {

    private static final int WARM_UP_COUNT = 20;

    private final ServedModel description;
    private final LoadedModel model;
    private final InferenceThread thread;

    private DjlModelRuntime(LoadedModel model, InferenceThread thread) {
        this.description = model.describe();
        this.model = model;
        this.thread = thread;
    }

    /// Verifies, loads and warms up.
    static DjlModelRuntime open(RuntimeSettings settings, RuntimeListener listener) {
        LoadedModel model =
                LoadedModel.open(settings.artifacts(), settings.name(), settings.device(), settings.search());
        try {
            BatchSizes sizes =
                    model.isOnGpu() ? BatchSizes.few(settings.maxBatch()) : BatchSizes.any(settings.maxBatch());
            List<RankingQuery> warmUp = warmUp(model.contents().histories(), settings.maxBatch());
            return new DjlModelRuntime(
                    model, warmed(new InferenceThread(model.recommender(), settings, sizes, listener, warmUp)));
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    private static InferenceThread warmed(InferenceThread thread) {
        try {
            thread.awaitWarm();
            return thread;
        } catch (RuntimeException e) {
            thread.close(); // before the arrays it may still use are freed
            throw e;
        }
    }

    /// Some histories of the model's own users, as many as a full batch.
    private static List<RankingQuery> warmUp(InteractionMatrix histories, int batch) {
        return IntStream.range(0, batch)
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
    public CompletableFuture<Ranked> recommend(OptionalInt user, int[] history, BitSet excluded, int count) {
        return thread.recommend(new RankingQuery(new UserHistory(user, history), excluded, count));
    }

    @Override
    public CompletableFuture<Ranked> similar(int item, int count) {
        return thread.similar(item, count);
    }

    @Override
    public int waiting() {
        return thread.waiting();
    }

    @Override
    public boolean ready() {
        return thread.ready();
    }

    @Override
    public void close() {
        thread.close();
        model.close();
    }
}
