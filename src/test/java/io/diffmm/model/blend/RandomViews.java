package io.diffmm.model.blend;

import io.diffmm.engine.PyTorch.EngineThreads;
import io.diffmm.model.Cores;
import io.diffmm.model.Recency;
import io.diffmm.model.Recommender.SimilarityQuery;
import io.diffmm.model.ScoringModel;
import io.diffmm.model.StageTimes;
import io.diffmm.model.UserHistory;
import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.SparseScores;
import io.diffmm.retrieval.ItemSearch;
import io.diffmm.retrieval.ItemSearches.IndexFiles;
import io.diffmm.retrieval.ItemVectors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Three random views: `a` without biases, `b` with biases, and `c.rounded`, whose vectors are rounded differently for
/// each batch size and number of cores. That rounding decides between every third item and the one before it, which
/// are equal in the other views.
final class RandomViews implements ScoringModel {

    private static final int WIDTH = 5;

    private final int items;
    private final List<Scorer> views;
    private final List<Integer> batches = new ArrayList<>();
    private boolean closed;

    RandomViews(SplittableRandom random) {
        this.items = 1 + random.nextInt(150);
        this.views = List.of(
                view("a", false, false, random),
                view("b", true, false, random),
                view("c.rounded", false, true, random));
    }

    private Scorer view(String name, boolean biased, boolean rounded, SplittableRandom random) {
        MemorySegment rows = floats(items * WIDTH, 1, random);
        makeNeighboursAlike(rows, rounded ? 1 : 0);
        ItemVectors vectors = new ItemVectors(rows, floats(items, biased ? 1 : 0, random), WIDTH);
        return new Scorer(name, () -> vectors, rounded);
    }

    /// Gives every third item the vector of the one before it, rotated by some elements.
    private void makeNeighboursAlike(MemorySegment rows, int turn) {
        for (int item = 2; item < items; item += 3) {
            for (int f = 0; f < WIDTH; f++) {
                long from = (item - 1L) * WIDTH + (f + turn) % WIDTH;
                long to = (long) item * WIDTH + f;
                rows.set(ItemVectors.FLOAT, to * Float.BYTES, rows.get(ItemVectors.FLOAT, from * Float.BYTES));
            }
        }
    }

    private static MemorySegment floats(int count, double scale, SplittableRandom random) {
        MemorySegment segment = Arena.ofAuto().allocate((long) count * Float.BYTES);
        for (int at = 0; at < count; at++) {
            segment.set(ItemVectors.FLOAT, (long) at * Float.BYTES, (float) (scale * random.nextGaussian()));
        }
        return segment;
    }

    /// Computes a history's vector in a view; in the rounded view all elements are equal, so that rotations have no
    /// effect.
    static double[] vector(String view, UserHistory history, Recency recency) {
        double[] vector = new double[WIDTH];
        double[] weights = recency.weights(history.items().length);
        for (int at = 0; at < weights.length; at++) {
            var random = new SplittableRandom(31L * view.hashCode() + history.items()[at]);
            for (int f = 0; f < WIDTH; f++) {
                vector[f] += weights[at]
                        * (view.endsWith("rounded") ? 1.0 / (1 + history.items()[at]) : random.nextGaussian());
            }
        }
        return vector;
    }

    /// Batch sizes of all calls, in order.
    List<Integer> batches() {
        return batches;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public int itemCount() {
        return items;
    }

    @Override
    public List<Scorer> all() {
        return views;
    }

    @Override
    public List<List<UserVector>> vectors(
            List<UserHistory> histories, SequencedMap<String, Recency> recencies, StageTimes times, Cores cores) {
        batches.add(histories.size());
        Supplier<List<List<UserVector>>> users = () -> histories.stream()
                .map(history -> recencies.entrySet().stream()
                        .map(view -> user(view.getKey(), history, view.getValue(), histories.size()))
                        .toList())
                .toList();
        return cores.all(List.of(users)).getFirst();
    }

    private static UserVector user(String view, UserHistory history, Recency recency, int batch) {
        return new UserVector(rounded(view, vector(view, history, recency), batch), added(history));
    }

    /// Score that every view adds to the items of the history itself.
    static SparseScores added(UserHistory history) {
        int[] items = IntStream.of(history.items()).sorted().toArray();
        return new SparseScores(
                items, IntStream.of(items).mapToDouble(item -> 1.0 / (2 + item)).toArray());
    }

    private static double[] rounded(String view, double[] vector, int batch) {
        if (view.endsWith("rounded")) {
            for (int f = 0; f < WIDTH; f++) {
                vector[f] *= 1 + 3e-7 * Math.sin(7.0 * batch + 3.0 * EngineThreads.now() + f);
            }
        }
        return vector;
    }

    @Override
    public List<Ranking> similar(List<SimilarityQuery> queries, StageTimes times) {
        return queries.stream().map(_ -> Ranking.empty()).toList();
    }

    @Override
    public List<ItemSearch> searches() {
        return List.of();
    }

    @Override
    public void index(IndexFiles files, List<UserHistory> sample) {}

    @Override
    public void close() {
        closed = true;
    }
}
