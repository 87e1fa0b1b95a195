package io.diffmm.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.model.BatchSizes;
import io.diffmm.model.Recommender.ExplanationQuery;
import io.diffmm.model.Recommender.RankingQuery;
import io.diffmm.model.UserHistory;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Explanations among the rankings that a pool computes.
@Timeout(30)
class ExplanationRequestTest {

    private final HeldModel model = new HeldModel();
    private final RecordingListener listener = new RecordingListener();

    @Test
    void explain_answers_andReportsItsStages() throws Exception {
        try (InferencePool pool = pool(1, 8)) {
            List<Explanation> answer = get(explain(pool, 4, 5));

            assertThat(answer).extracting(Explanation::score).containsExactly(4.0, 5.0);
            assertThat(listener.heard()).endsWith("diffusion", "batch of 1");
        }
    }

    @Test
    void explain_allThreadsWait_wakesOneThatTakesIt() throws Exception {
        try (InferencePool pool = pool(4, 8)) {
            for (int round = 0; round < 50; round++) {
                assertThat(get(explain(pool, 4))).hasSize(1);
                get(rank(pool, 1));
            }
        }
    }

    @Test
    void explain_submittedBeforeRankings_isComputedAfterThem_onePerBatch() throws Exception {
        try (InferencePool pool = pool(1, 16)) {
            CompletableFuture<Ranking> first = occupy(pool);
            CompletableFuture<List<Explanation>> early = explain(pool, 4);
            CompletableFuture<List<Explanation>> late = explain(pool, 5);
            CompletableFuture<Ranking> ranking = rank(pool, 1);
            CompletableFuture<Ranking> other = rank(pool, 2);
            model.release();

            get(late);
            assertThat(List.of(first, early, ranking, other)).allMatch(CompletableFuture::isDone);
            assertThat(model.computed())
                    .endsWith("ranked [0]", "ranked [1]", "ranked [2]", "explained [4]", "explained [5]");
            assertThat(listener.heard()).endsWith("batch of 2", "diffusion", "batch of 1", "diffusion", "batch of 1");
        }
    }

    @Test
    void explain_severalWait_leaveAThreadToRankings() throws Exception {
        try (InferencePool pool = pool(2, 32)) {
            model.hold();
            CompletableFuture<List<Explanation>> first = explain(pool, 4);
            assertThat(model.isEntered()).isTrue();
            CompletableFuture<List<Explanation>> second = explain(pool, 5);
            model.passOthers();

            assertThat(get(rank(pool, 1)).scores()).containsExactly(1);
            assertThat(get(rank(pool, 2)).scores()).containsExactly(2);
            assertThat(model.computed()).doesNotContain("explained [5]");
            model.release();
            get(first);
            get(second);
        }
    }

    @Test
    void explain_queueShareIsFull_isRefused_whileRankingsAreNot() throws Exception {
        try (InferencePool pool = pool(1, 16)) {
            CompletableFuture<Ranking> first = occupy(pool);
            List<CompletableFuture<List<Explanation>>> waiting = List.of(explain(pool, 1), explain(pool, 2));
            CompletableFuture<List<Explanation>> refused = explain(pool, 3);

            assertThatThrownBy(() -> get(refused)).hasRootCauseInstanceOf(OverloadedException.class);
            assertThat(listener.heard()).contains("dropped QUEUE_FULL");
            assertThat(pool.full()).isFalse();
            CompletableFuture<Ranking> ranking = rank(pool, 1);
            waiting.getFirst().cancel(false); // makes room
            CompletableFuture<List<Explanation>> taken = explain(pool, 4);
            model.release();

            get(first);
            assertThat(get(ranking).scores()).containsExactly(1);
            assertThat(get(taken)).hasSize(1);
            assertThat(get(waiting.getLast())).hasSize(1);
            assertThat(listener.heard()).contains("dropped CALLER_GONE");
            assertThat(model.computed()).doesNotContain("explained [1]", "explained [3]");
        }
    }

    @Test
    void explain_inAQueueOfOnePlace_hasIt() throws Exception {
        try (InferencePool pool = pool(1, 1)) {
            assertThat(get(explain(pool, 4))).hasSize(1);
        }
    }

    @Test
    void explain_fails_aloneAndWithItsCause() throws Exception {
        try (InferencePool pool = pool(1, 8)) {
            CompletableFuture<Ranking> first = occupy(pool);
            CompletableFuture<Ranking> ranking = rank(pool, 1);
            CompletableFuture<List<Explanation>> bad = explain(pool, HeldModel.POISON);
            model.release();

            get(first);
            assertThat(get(ranking).scores()).containsExactly(1);
            assertThatThrownBy(() -> get(bad)).hasRootCauseMessage("poison");
            assertThat(pool.ready()).isTrue();
        }
    }

    @Test
    void explain_deadlinePassed_isNotComputed() throws Exception {
        var runner = new BatchRunner(model, BatchSizes.any(4), Duration.ofMillis(500), listener);
        try (InferencePool pool = warm(runner, 1, 8)) {
            CompletableFuture<Ranking> first = occupy(pool);
            CompletableFuture<List<Explanation>> late = explain(pool, 4);
            TimeUnit.MILLISECONDS.sleep(600); // past the deadline
            model.release();

            get(first);
            assertThatThrownBy(() -> get(late)).hasRootCauseInstanceOf(OverloadedException.class);
            assertThat(listener.heard()).contains("dropped DEADLINE");
            assertThat(model.computed()).doesNotContain("explained [4]");
        }
    }

    @Test
    void close_explanationsWait_failsThem() throws Exception {
        InferencePool pool = pool(1, 8);
        CompletableFuture<Ranking> first = occupy(pool);
        CompletableFuture<List<Explanation>> waiting = explain(pool, 4);
        Thread closer = Thread.ofVirtual().start(pool::close);
        while (pool.ready()) {
            Thread.onSpinWait();
        }
        model.release();
        closer.join();

        assertThat(get(first).scores()).containsExactly(0);
        assertThatThrownBy(() -> get(waiting)).hasRootCauseInstanceOf(OverloadedException.class);
        assertThat(listener.heard()).contains("dropped CLOSING");
    }

    @Test
    void full_queueIsFull_untilACallerGoes() throws Exception {
        try (InferencePool pool = pool(1, 8)) {
            CompletableFuture<Ranking> first = occupy(pool);
            CompletableFuture<List<Explanation>> explanation = explain(pool, 4);
            List<CompletableFuture<Ranking>> waiting = new ArrayList<>();
            while (waiting.size() < 7) {
                assertThat(pool.full()).isFalse();
                waiting.add(rank(pool, waiting.size()));
            }
            assertThat(pool.full()).isTrue();
            assertThat(pool.waiting()).isEqualTo(8);
            waiting.getFirst().cancel(false);
            assertThat(pool.full()).isFalse();
            assertThat(pool.waiting()).isEqualTo(7);
            model.release();

            get(first);
            get(waiting.getLast());
            get(explanation);
        }
    }

    /// Sends a request that keeps a thread busy until [HeldModel#release].
    private CompletableFuture<Ranking> occupy(InferencePool pool) throws InterruptedException {
        model.hold();
        CompletableFuture<Ranking> first = rank(pool, 0);
        assertThat(model.isEntered()).isTrue();
        return first;
    }

    private static CompletableFuture<Ranking> rank(InferencePool pool, int item) {
        return pool.recommend(new RankingQuery(history(item), new BitSet(), 20));
    }

    private static CompletableFuture<List<Explanation>> explain(InferencePool pool, int... items) {
        return pool.explain(new ExplanationQuery(history(1), items, 64));
    }

    private static UserHistory history(int item) {
        return new UserHistory(OptionalInt.empty(), new int[] {item});
    }

    private InferencePool pool(int threads, int capacity) {
        return warm(new BatchRunner(model, BatchSizes.any(4), Duration.ofSeconds(10), listener), threads, capacity);
    }

    private static InferencePool warm(BatchRunner runner, int threads, int capacity) {
        var warmUp = new RankingQuery(history(1), new BitSet(), 20);
        var pool = new InferencePool(runner, threads, capacity, 4, List.of(List.of(warmUp)));
        pool.awaitWarm();
        return pool;
    }

    private static <A> A get(CompletableFuture<A> answer) throws Exception {
        try {
            return answer.get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
