package io.diffmm.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.model.Recommender;
import io.diffmm.model.UserHistory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class InferenceThreadTest {

    private static final int POISON = 13;

    private final Model model = new Model();

    @Test
    void score_answersWithTheModelsScores() throws Exception {
        try (InferenceThread thread = warm(8, Duration.ofSeconds(10))) {
            Scores scores = get(thread.score(OptionalInt.of(3), new int[] {4, 5}));

            assertThat(scores.values()).containsExactly(4, 5);
            assertThat(scores.computed()).isGreaterThanOrEqualTo(Duration.ZERO);
            assertThat(scores.waited()).isGreaterThanOrEqualTo(Duration.ZERO);
            assertThat(get(thread.similar(7)).values()).containsExactly(7);
            assertThat(thread.ready()).isTrue();
        }
    }

    @Test
    void score_whileTheModelIsBusy_isBatchedAfterwards() throws Exception {
        try (InferenceThread thread = warm(8, Duration.ofSeconds(10))) {
            List<CompletableFuture<Scores>> answers = new ArrayList<>();
            CompletableFuture<Scores> first = occupy(thread);
            for (int user = 0; user < 5; user++) {
                answers.add(thread.score(OptionalInt.empty(), new int[] {user}));
            }
            model.release();
            get(first);
            for (int user = 0; user < 5; user++) {
                assertThat(get(answers.get(user)).values()).containsExactly(user);
            }
            assertThat(model.batches).endsWith(1, 4, 1); // five waited, a batch holds four
        }
    }

    @Test
    void score_oneOfABatchFails_theOthersAreAnswered() throws Exception {
        try (InferenceThread thread = warm(8, Duration.ofSeconds(10))) {
            CompletableFuture<Scores> first = occupy(thread);
            CompletableFuture<Scores> good = thread.score(OptionalInt.empty(), new int[] {1});
            CompletableFuture<Scores> bad = thread.score(OptionalInt.empty(), new int[] {POISON});
            model.release();

            get(first);
            assertThat(get(good).values()).containsExactly(1);
            assertThatThrownBy(() -> get(bad)).hasRootCauseMessage("poison");
            assertThat(thread.ready()).isTrue();
        }
    }

    @Test
    void score_queueIsFull_isRefusedAtOnce() throws Exception {
        try (InferenceThread thread = warm(1, Duration.ofSeconds(10))) {
            CompletableFuture<Scores> first = occupy(thread);
            CompletableFuture<Scores> waiting = thread.score(OptionalInt.empty(), new int[] {1});
            CompletableFuture<Scores> refused = thread.score(OptionalInt.empty(), new int[] {2});

            assertThat(refused).isCompletedExceptionally();
            assertThatThrownBy(() -> get(refused)).hasRootCauseInstanceOf(OverloadedException.class);
            model.release();
            get(first);
            assertThat(get(waiting).values()).containsExactly(1);
        }
    }

    @Test
    void score_deadlinePassedOrCallerGone_isNotComputed() throws Exception {
        try (InferenceThread thread = warm(8, Duration.ofMillis(500))) {
            CompletableFuture<Scores> first = occupy(thread);
            CompletableFuture<Scores> late = thread.score(OptionalInt.empty(), new int[] {1});
            CompletableFuture<Scores> gone = thread.score(OptionalInt.empty(), new int[] {2});
            gone.cancel(false);
            TimeUnit.MILLISECONDS.sleep(600); // past the deadline
            int before = model.batches.size();
            model.release();

            get(first);
            assertThatThrownBy(() -> get(late)).hasRootCauseInstanceOf(OverloadedException.class);
            assertThat(model.batches).hasSize(before);
        }
    }

    @Test
    void close_failsWhatWaitsAndRefusesWhatComes() throws Exception {
        InferenceThread thread = warm(8, Duration.ofSeconds(10));
        CompletableFuture<Scores> first = occupy(thread);
        CompletableFuture<Scores> waiting = thread.score(OptionalInt.empty(), new int[] {1});
        Thread closer = Thread.ofVirtual().start(thread::close);
        while (thread.ready()) {
            Thread.onSpinWait();
        }
        model.release();
        closer.join();

        assertThat(get(first).values()).containsExactly(0);
        assertThatThrownBy(() -> get(waiting)).hasRootCauseInstanceOf(OverloadedException.class);
        assertThatThrownBy(() -> get(thread.score(OptionalInt.empty(), new int[] {1})))
                .hasRootCauseInstanceOf(OverloadedException.class);
    }

    @Test
    void awaitWarm_modelFailsOnItsOwnHistories_saysSo() {
        UserHistory poisoned = new UserHistory(OptionalInt.of(0), new int[] {POISON});
        try (InferenceThread thread =
                new InferenceThread(model, settings(8, Duration.ofSeconds(1)), List.of(poisoned))) {
            assertThatThrownBy(thread::awaitWarm).hasMessageContaining("own histories");
            assertThat(thread.ready()).isFalse();
        }
    }

    /// Sends a request that keeps the thread busy until [Model#release].
    private CompletableFuture<Scores> occupy(InferenceThread thread) throws InterruptedException {
        model.hold();
        CompletableFuture<Scores> first = thread.score(OptionalInt.empty(), new int[] {0});
        assertThat(model.entered.await(10, TimeUnit.SECONDS)).isTrue();
        return first;
    }

    private InferenceThread warm(int capacity, Duration timeout) {
        UserHistory history = new UserHistory(OptionalInt.of(0), new int[] {1});
        InferenceThread thread = new InferenceThread(model, settings(capacity, timeout), List.of(history));
        thread.awaitWarm();
        return thread;
    }

    private static RuntimeSettings settings(int capacity, Duration timeout) {
        return new RuntimeSettings(Path.of("."), Optional.empty(), "cpu", capacity, 4, timeout);
    }

    private static Scores get(CompletableFuture<Scores> answer) throws Exception {
        try {
            return answer.get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /// Scores a history with itself; can be held up, and fails on one item.
    private static final class Model implements Recommender {

        private final List<Integer> batches = new ArrayList<>();
        private volatile CountDownLatch entered = new CountDownLatch(0);
        private volatile CountDownLatch held = new CountDownLatch(0);

        void hold() {
            entered = new CountDownLatch(1);
            held = new CountDownLatch(1);
        }

        void release() {
            held.countDown();
        }

        @Override
        public int itemCount() {
            return 1;
        }

        @Override
        public List<float[]> score(List<UserHistory> histories) {
            batches.add(histories.size());
            entered.countDown();
            awaitRelease();
            return histories.stream().map(Model::row).toList();
        }

        private void awaitRelease() {
            boolean released = false;
            while (!released) {
                try {
                    released = held.await(10, TimeUnit.SECONDS);
                } catch (InterruptedException _) {
                    // A real model computes on, too.
                }
            }
        }

        private static float[] row(UserHistory history) {
            float[] row = new float[history.items().length];
            for (int at = 0; at < row.length; at++) {
                row[at] = history.items()[at];
                if (history.items()[at] == POISON) {
                    throw new IllegalStateException("poison");
                }
            }
            return row;
        }

        @Override
        public float[] similar(int item) {
            return new float[] {item};
        }

        @Override
        public void close() {}
    }
}
