package io.diffmm.runtime;

import io.diffmm.datasets.IdIndex;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.datasets.ItemCatalogue.Item;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Explanation.Reason;
import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.TopK;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Runtime with known answers: item `v<n>` scores `n` times the length of the history, half of it by the
/// linear view and a quarter each by the embeddings and the visual rows.
///
/// Five items, `v1` to `v5`, of which `v1` has a title. Users: `u1` has v1 and v5, `u2` has v5 and v2, `new` has
/// nothing.
public final class FakeModelRuntime implements ModelRuntime {

    private static final int ITEMS = 5;

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile ServedModel model = model("v-1");
    private volatile boolean ready = true;
    private volatile BooleanSupplier full = () -> false;
    private volatile Optional<Supplier<CompletableFuture<Ranking>>> instead = Optional.empty();
    private volatile Optional<Supplier<CompletableFuture<List<Explanation>>>> explained = Optional.empty();

    private final Runnable onClose;

    /// Creates a runtime that does nothing when it is closed.
    public FakeModelRuntime() {
        this(() -> {});
    }

    /// Creates a runtime that runs `onClose` when it is closed.
    public FakeModelRuntime(Runnable onClose) {
        this.onClose = onClose;
    }

    private static ServedModel model(String version) {
        List<Item> items = new ArrayList<>(List.of(new Item("v1", Optional.of("First"), Optional.empty())));
        for (int number = 2; number <= ITEMS; number++) {
            items.add(Item.of("v" + number));
        }
        return new ServedModel(
                "demo",
                version,
                "diffmm",
                Instant.parse("2026-03-04T12:00:01Z"),
                Map.of("steps", 5),
                Map.of("views", Map.of("linear", Map.of("weight", 2.5))),
                Map.of("model", Map.of("recall@20", 0.5), "popularity", Map.of("recall@20", 0.25)),
                "cpu",
                "float32",
                IdIndex.of(List.of("u1", "u2", "new")),
                ItemCatalogue.of(items),
                InteractionMatrix.of(ITEMS, List.of(new int[] {0, 4}, new int[] {4, 1}, new int[0])),
                Optional.empty());
    }

    /// Restores the known answers.
    public void reset() {
        requests.clear();
        model = model("v-1");
        ready = true;
        instead = Optional.empty();
        explained = Optional.empty();
    }

    /// Answers every request with a result of `behaviour`.
    public void answerWith(Supplier<CompletableFuture<Ranking>> behaviour) {
        instead = Optional.of(behaviour);
    }

    /// Answers every request for explanations with the result of `behaviour`.
    public void explainWith(Supplier<CompletableFuture<List<Explanation>>> behaviour) {
        explained = Optional.of(behaviour);
    }

    /// Sets whether the queue is full.
    public void setFull(boolean full) {
        this.full = () -> full;
    }

    /// Fails with an error whenever a caller reads whether the queue is full.
    public void failAdmission(Error failure) {
        this.full = () -> {
            throw failure;
        };
    }

    public void setReady(boolean ready) {
        this.ready = ready;
    }

    public void setVersion(String version) {
        model = model(version);
    }

    /// Returns the requests so far, in order.
    public List<String> requests() {
        return requests;
    }

    /// Returns the ranking for a history of `length` items.
    public static Ranking ranked(int length, BitSet excluded, int count) {
        float[] values = new float[ITEMS];
        for (int item = 0; item < ITEMS; item++) {
            values[item] = (item + 1) * length;
        }
        return TopK.ranking(values, excluded, count);
    }

    @Override
    public ServedModel model() {
        return model;
    }

    @Override
    public CompletableFuture<Ranking> recommend(OptionalInt user, int[] history, BitSet excluded, int count) {
        requests.add("recommend %s %s %s %d".formatted(user, Arrays.toString(history), excluded, count));
        return instead.map(Supplier::get)
                .orElseGet(() -> CompletableFuture.completedFuture(ranked(history.length, excluded, count)));
    }

    @Override
    public CompletableFuture<Ranking> similar(int item, int count) {
        requests.add("similar %d %d".formatted(item, count));
        BitSet itself = new BitSet();
        itself.set(item);
        return instead.map(Supplier::get).orElseGet(() -> CompletableFuture.completedFuture(ranked(1, itself, count)));
    }

    @Override
    public CompletableFuture<List<Explanation>> explain(OptionalInt user, int[] history, int[] items, boolean reasons) {
        requests.add("explain %s %s %s %s".formatted(user, Arrays.toString(history), Arrays.toString(items), reasons));
        return explained
                .map(Supplier::get)
                .orElseGet(() -> CompletableFuture.completedFuture(Arrays.stream(items)
                        .mapToObj(item -> explained(history, item, reasons))
                        .toList()));
    }

    /// Without any one item of the history an item `v<n>` scores n less.
    private static Explanation explained(int[] history, int item, boolean because) {
        double score = (item + 1.0) * history.length;
        SequencedMap<String, Double> parts = new LinkedHashMap<>();
        parts.put("embeddings", score / 4);
        parts.put("denoised.visual", score / 4);
        parts.put("linear", score / 2);
        List<Reason> reasons = IntStream.range(0, because ? Math.min(3, history.length) : 0)
                .mapToObj(age -> new Reason(history[history.length - 1 - age], item + 1.0))
                .toList();
        return new Explanation(score, parts, reasons);
    }

    @Override
    public int waiting() {
        return 0;
    }

    @Override
    public boolean full() {
        return full.getAsBoolean();
    }

    @Override
    public boolean ready() {
        return ready;
    }

    @Override
    public void close() {
        onClose.run();
    }
}
