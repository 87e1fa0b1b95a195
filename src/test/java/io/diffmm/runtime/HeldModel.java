package io.diffmm.runtime;

import io.diffmm.model.BatchSizes;
import io.diffmm.model.Cores;
import io.diffmm.model.Recommender;
import io.diffmm.model.StageTimes;
import io.diffmm.model.UserHistory;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Model that ranks a history with its items as scores and explains an item by its number; it can be blocked, and fails
/// on one item.
final class HeldModel implements Recommender {

    /// Item on which the model fails.
    static final int POISON = 13;

    private final List<Integer> batches = new CopyOnWriteArrayList<>();
    private final List<String> computed = new CopyOnWriteArrayList<>();
    private final Set<String> threads = ConcurrentHashMap.newKeySet();
    private volatile CountDownLatch entered = new CountDownLatch(0);
    private volatile CountDownLatch held = new CountDownLatch(0);
    private volatile boolean passing = true;

    /// Blocks later computations until [#release].
    void hold() {
        entered = new CountDownLatch(1);
        held = new CountDownLatch(1);
        passing = false;
    }

    /// Lets later computations pass, while blocked ones still wait for [#release].
    void passOthers() {
        passing = true;
    }

    void release() {
        held.countDown();
    }

    /// Waits until a computation has begun since [#hold].
    ///
    /// @return whether it began in time
    boolean isEntered() throws InterruptedException {
        return entered.await(10, TimeUnit.SECONDS);
    }

    /// Returns the sizes of the ranked batches.
    List<Integer> batches() {
        return batches;
    }

    /// Returns the computations in order of their begin: `ranked [items]` for each history, `explained [items]`.
    List<String> computed() {
        return computed;
    }

    /// Returns the names of the threads that ranked.
    Set<String> threads() {
        return threads;
    }

    @Override
    public int itemCount() {
        return 1;
    }

    @Override
    public List<Ranking> recommend(List<RankingQuery> queries, StageTimes times, Cores cores) {
        batches.add(queries.size());
        queries.forEach(query ->
                computed.add("ranked " + Arrays.toString(query.history().items())));
        enter();
        return times.measure(
                StageTimes.Stage.RANKING,
                () -> cores.all(queries.stream()
                        .map(query -> (Supplier<Ranking>) () -> noted(query.history()))
                        .toList()));
    }

    private Ranking noted(UserHistory history) {
        threads.add(Thread.currentThread().getName());
        return row(history);
    }

    private void enter() {
        boolean released = passing;
        entered.countDown();
        while (!released) {
            try {
                released = held.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException _) {
                // A real model ignores interruptions, too.
            }
        }
    }

    private static Ranking row(UserHistory history) {
        float[] row = new float[history.items().length];
        for (int at = 0; at < row.length; at++) {
            row[at] = history.items()[at];
            requireNoPoison(history.items()[at]);
        }
        return new Ranking(history.items().clone(), row);
    }

    private static void requireNoPoison(int item) {
        if (item == POISON) {
            throw new IllegalStateException("poison");
        }
    }

    @Override
    public List<Explanation> explain(ExplanationQuery query, BatchSizes sizes, StageTimes times) {
        computed.add("explained " + Arrays.toString(query.items()));
        enter();
        return times.measure(
                StageTimes.Stage.DIFFUSION,
                () -> Arrays.stream(query.items())
                        .peek(HeldModel::requireNoPoison)
                        .mapToObj(item -> new Explanation(item, new LinkedHashMap<>(), List.of()))
                        .toList());
    }

    @Override
    public OptionalDouble indexRecall() {
        return OptionalDouble.empty();
    }

    @Override
    public String precision() {
        return "exact";
    }

    @Override
    public List<Ranking> similar(List<SimilarityQuery> queries, StageTimes times) {
        return queries.stream()
                .map(SimilarityQuery::item)
                .map(item -> new Ranking(new int[] {item}, new float[] {item}))
                .toList();
    }

    @Override
    public void close() {}
}
