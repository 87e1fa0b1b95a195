package io.diffmm.runtime;

import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.model.UserHistory;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/// A loaded model behind one [InferenceThread].
final class DjlModelRuntime implements ModelRuntime {

    private final ServedModel description;
    private final LoadedModel model;
    private final InferenceThread thread;

    private DjlModelRuntime(LoadedModel model, InferenceThread thread) {
        this.description = model.describe();
        this.model = model;
        this.thread = thread;
    }

    /// Verifies, loads and warms up.
    static DjlModelRuntime open(RuntimeSettings settings) {
        LoadedModel model = LoadedModel.open(settings.artifacts(), settings.name(), settings.device());
        try {
            List<UserHistory> warmUp = warmUp(model.contents().histories(), settings.maxBatch());
            return new DjlModelRuntime(model, warmed(model, settings, warmUp));
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    private static InferenceThread warmed(LoadedModel model, RuntimeSettings settings, List<UserHistory> warmUp) {
        InferenceThread thread = new InferenceThread(model.recommender(), settings, warmUp);
        try {
            thread.awaitWarm();
            return thread;
        } catch (RuntimeException e) {
            thread.close(); // before the arrays it may still use are freed
            throw e;
        }
    }

    /// Some histories of the model's own users, as many as a full batch.
    private static List<UserHistory> warmUp(InteractionMatrix histories, int batch) {
        return IntStream.range(0, batch)
                .map(at -> at % histories.rows())
                .mapToObj(user -> new UserHistory(OptionalInt.of(user), histories.row(user)))
                .toList();
    }

    @Override
    public ServedModel model() {
        return description;
    }

    @Override
    public CompletableFuture<Scores> score(OptionalInt user, int[] history) {
        return thread.score(user, history);
    }

    @Override
    public CompletableFuture<Scores> similar(int item) {
        return thread.similar(item);
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
