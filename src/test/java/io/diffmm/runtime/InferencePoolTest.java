package io.diffmm.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.model.BatchSizes;
import io.diffmm.model.Recommender.RankingQuery;
import io.diffmm.model.Recommender.SimilarityQuery;
import io.diffmm.model.UserHistory;
import io.diffmm.ranking.Ranking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class InferencePoolTest {

    private final HeldModel model = new HeldModel();
    private final RecordingListener listener = new RecordingListener();

    @Test
    void score_answersWithTheModelsScores() throws Exception {
        try (InferencePool thread = warm(8, Duration.ofSeconds(10))) {
            Ranking scores = get(thread.recommend(query(new int[] {4, 5})));

            assertThat(scores.scores()).containsExactly(4, 5);
            assertThat(get(thread.similar(new SimilarityQuery(7, 1))).scores()).containsExactly(7);
            assertThat(thread.ready()).isTrue();
        }
    }

    @Test
    void score_whileTheModelIsBusy_isBatchedAfterwards() throws Exception {
        try (InferencePool thread = warm(8, Duration.ofSeconds(10))) {
            List<CompletableFuture<Ranking>> answers = new ArrayList<>();
            CompletableFuture<Ranking> first = occupy(thread);
            for (int user = 0; user < 5; user++) {
                answers.add(thread.recommend(query(new int[] {user})));
            }
            model.release();
            get(first);
            for (int user = 0; user < 5; user++) {
                assertThat(get(answers.get(user)).scores()).containsExactly(user);
            }
            assertThat(model.batches()).endsWith(1, 4, 1); // five waited, a batch holds four
            assertThat(listener.heard()).startsWith("ranking", "batch of 1", "ranking", "batch of 4");
        }
    }

    @Test
    void score_oneOfABatchFails_theOthersAreAnswered() throws Exception {
        try (InferencePool thread = warm(8, Duration.ofSeconds(10))) {
            CompletableFuture<Ranking> first = occupy(thread);
            CompletableFuture<Ranking> good = thread.recommend(query(new int[] {1}));
            CompletableFuture<Ranking> bad = thread.recommend(query(new int[] {HeldModel.POISON}));
            model.release();

            get(first);
            assertThat(get(good).scores()).containsExactly(1);
            assertThatThrownBy(() -> get(bad)).hasRootCauseMessage("poison");
            assertThat(thread.ready()).isTrue();
        }
    }

    @Test
    void score_queueIsFull_isRefusedAtOnce() throws Exception {
        try (InferencePool thread = warm(1, Duration.ofSeconds(10))) {
            CompletableFuture<Ranking> first = occupy(thread);
            CompletableFuture<Ranking> waiting = thread.recommend(query(new int[] {1}));
            CompletableFuture<Ranking> refused = thread.recommend(query(new int[] {2}));

            assertThat(refused).isCompletedExceptionally();
            assertThatThrownBy(() -> get(refused)).hasRootCauseInstanceOf(OverloadedException.class);
            model.release();
            get(first);
            assertThat(get(waiting).scores()).containsExactly(1);
        }
    }

    @Test
    void score_deadlinePassed_isNotComputed() throws Exception {
        try (InferencePool thread = warm(8, Duration.ofMillis(500))) {
            CompletableFuture<Ranking> first = occupy(thread);
            CompletableFuture<Ranking> late = thread.recommend(query(new int[] {1}));
            TimeUnit.MILLISECONDS.sleep(600); // past the deadline
            int before = model.batches().size();
            model.release();

            get(first);
            assertThatThrownBy(() -> get(late)).hasRootCauseInstanceOf(OverloadedException.class);
            assertThat(model.batches()).hasSize(before);
            assertThat(listener.heard()).contains("dropped DEADLINE").doesNotContain("dropped CALLER_GONE");
        }
    }

    @Test
    void score_callerGone_isNotComputedAndTakesNoPlaceInTheQueueOrTheBatch() throws Exception {
        try (InferencePool thread = warm(5, Duration.ofSeconds(10))) {
            CompletableFuture<Ranking> first = occupy(thread);
            for (int at = 0; at < 5; at++) {
                thread.recommend(query(new int[] {1})).cancel(false);
            }
            List<CompletableFuture<Ranking>> answers = new ArrayList<>();
            for (int user = 0; user < 4; user++) { // the queue is full of abandoned requests
                answers.add(thread.recommend(query(new int[] {user})));
            }
            thread.recommend(query(new int[] {1})).cancel(false);
            model.release();

            get(first);
            for (int user = 0; user < 4; user++) {
                assertThat(get(answers.get(user)).scores()).containsExactly(user);
            }
            assertThat(model.batches()).endsWith(1, 4);
            assertThat(Collections.frequency(listener.heard(), "dropped CALLER_GONE"))
                    .isGreaterThanOrEqualTo(5);
            assertThat(listener.heard()).doesNotContain("dropped QUEUE_FULL");
        }
    }

    @Test
    void recommend_severalThreads_shareTheRowsOfABatch() throws Exception {
        var runner = new BatchRunner(model, BatchSizes.any(4), Duration.ofSeconds(10), listener);
        try (var pool = new InferencePool(runner, 3, 64, 4, List.of(List.of(query(new int[] {1}))))) {
            pool.awaitWarm();
            for (int round = 0; round < 50; round++) {
                List<CompletableFuture<Ranking>> answers = new ArrayList<>();
                for (int user = 0; user < 12; user++) {
                    answers.add(pool.recommend(query(new int[] {user + 20})));
                }
                for (int user = 0; user < 12; user++) {
                    assertThat(get(answers.get(user)).scores()).containsExactly(user + 20);
                }
            }
            assertThat(model.threads().size()).isGreaterThan(1);
        }
    }

    @Test
    void close_failsWaitingRequests_andRefusesLaterOnes() throws Exception {
        InferencePool thread = warm(8, Duration.ofSeconds(10));
        CompletableFuture<Ranking> first = occupy(thread);
        CompletableFuture<Ranking> waiting = thread.recommend(query(new int[] {1}));
        Thread closer = Thread.ofVirtual().start(thread::close);
        while (thread.ready()) {
            Thread.onSpinWait();
        }
        model.release();
        closer.join();

        assertThat(get(first).scores()).containsExactly(0);
        assertThatThrownBy(() -> get(waiting)).hasRootCauseInstanceOf(OverloadedException.class);
        assertThatThrownBy(() -> get(thread.recommend(query(new int[] {1}))))
                .hasRootCauseInstanceOf(OverloadedException.class);
    }

    @Test
    void awaitWarm_modelFailsOnItsOwnHistories_fails() {
        RankingQuery poisoned = query(new int[] {HeldModel.POISON});
        try (InferencePool thread = pool(8, Duration.ofSeconds(1), poisoned)) {
            assertThatThrownBy(thread::awaitWarm).hasMessageContaining("own histories");
            assertThat(thread.ready()).isFalse();
        }
    }

    @Test
    void close_beforeTheEndOfWarmUp_endsEveryThread() throws Exception {
        model.hold();
        var runner = new BatchRunner(model, BatchSizes.any(4), Duration.ofSeconds(1), listener);
        var pool = new InferencePool(runner, 3, 8, 4, List.of(List.of(query(new int[] {1}))));
        assertThat(model.isEntered()).isTrue();
        assertThat(liveThreads()).isEqualTo(3);
        Thread closer = Thread.ofVirtual().start(pool::close);
        while (liveThreads() > 1) { // idle threads end before the warm-up does
            Thread.sleep(5);
        }
        model.release();

        assertThat(closer.join(Duration.ofSeconds(20))).isTrue();
        assertThat(liveThreads()).isZero();
        assertThat(pool.ready()).isFalse();
    }

    private static long liveThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("inference-"))
                .count();
    }

    /// Sends a request that keeps the thread busy until [HeldModel#release].
    private CompletableFuture<Ranking> occupy(InferencePool thread) throws InterruptedException {
        model.hold();
        CompletableFuture<Ranking> first = thread.recommend(query(new int[] {0}));
        assertThat(model.isEntered()).isTrue();
        return first;
    }

    private InferencePool warm(int capacity, Duration timeout) {
        RankingQuery history = query(new int[] {1});
        InferencePool thread = pool(capacity, timeout, history);
        thread.awaitWarm();
        return thread;
    }

    private static RankingQuery query(int[] history) {
        return new RankingQuery(new UserHistory(OptionalInt.empty(), history), new BitSet(), 20);
    }

    private InferencePool pool(int capacity, Duration timeout, RankingQuery warmUp) {
        var runner = new BatchRunner(model, BatchSizes.any(4), timeout, listener);
        return new InferencePool(runner, 1, capacity, 4, List.of(List.of(warmUp)));
    }

    private static Ranking get(CompletableFuture<Ranking> answer) throws Exception {
        try {
            return answer.get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
