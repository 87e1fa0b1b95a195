package io.diffmm.recommendation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.interactions.Activity;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import io.diffmm.recommendation.RecommendationQuery.Explain;
import io.diffmm.recommendation.RecommendationService.UnknownItemException;
import io.diffmm.recommendation.RecommendationsUnavailableException.UnavailableReason;
import io.diffmm.runtime.FakeModelRuntime;
import io.diffmm.runtime.OverloadedException;
import io.diffmm.runtime.OverloadedException.DropReason;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Steps of a computation, their failures, and requests that give up.
class RecommendationPipelineTest {

    private static final RecommendationQuery FIRST = new RecommendationQuery(20, 0, true);
    private static final RecommendationQuery EXPLAINED = new RecommendationQuery(2, 1, true, Explain.FULL);
    private static final Ranking RANKING = FakeModelRuntime.ranked(2, ServiceFixture.rows(0, 4), 20);

    private final ServiceFixture fixture = new ServiceFixture(ServiceFixture.CACHE, Duration.ofMinutes(1));
    private final FakeModelRuntime runtime = fixture.runtime;
    private final CompletableFuture<Ranking> ranking = new CompletableFuture<>();
    private final CompletableFuture<List<Explanation>> explanations = new CompletableFuture<>();

    @Test
    void explanations_areRequestedAfterTheRanking_forThePage() {
        runtime.answerWith(() -> ranking);
        Caller caller = request(EXPLAINED);
        awaitRequests(1);
        assertThat(runtime.requests()).containsExactly("recommend OptionalInt[0] [0, 4] {0, 4} 3");

        ranking.complete(RANKING);

        assertThat(fixture.encoder.recommendations(caller.answer()).items())
                .extracting(item -> item.explanation().isPresent())
                .containsExactly(true, true);
        assertThat(runtime.requests()).last().isEqualTo("explain OptionalInt[0] [0, 4] [2, 1] true");
    }

    @Test
    void shares_areRequestedWithoutReasons_andHaveAnIdOfTheirOwn() {
        String without =
                fixture.recommend("u1", new RecommendationQuery(2, 1, true)).id();
        String full = fixture.recommend("u1", EXPLAINED).id();

        Recommendations shares = fixture.recommend("u1", new RecommendationQuery(2, 1, true, Explain.SHARES));

        assertThat(runtime.requests()).last().isEqualTo("explain OptionalInt[0] [0, 4] [2, 1] false");
        assertThat(List.of(without, full)).doesNotContain(shares.id());
    }

    @Test
    void explanations_ofAnEmptyPageOrPopularItems_areNotRequested() {
        fixture.service.recommend("u1", new RecommendationQuery(20, 3, true, Explain.FULL));
        fixture.service.recommend("new", EXPLAINED);

        assertThat(runtime.requests()).singleElement().asString().startsWith("recommend");
    }

    @Test
    void id_ofAFixedAnswer_isTheOneThatClientsHaveRecorded() {
        assertThat(fixture.recommend("u1", FIRST).id()).isEqualTo("v-1.dc7beaaed78f5f89dbf5cf3cdf418c64");
        assertThat(fixture.service.recommend(List.of("v2"), FIRST).id())
                .isEqualTo("v-1.5d0ecba570c841bf7db81df8bf58730b");
        assertThat(fixture.similar("v1", 2).id()).isEqualTo("v-1.ebcf20713c346e2c9abd4ca129c55ebe");
    }

    @ParameterizedTest
    @CsvSource({"QUEUE_FULL, QUEUE_FULL", "DEADLINE, DEADLINE", "CALLER_GONE, DEADLINE", "CLOSING, CLOSING"})
    void drop_byTheRuntime_isExplainedWithoutAStackTrace(DropReason drop, UnavailableReason reason) {
        runtime.answerWith(() -> CompletableFuture.failedFuture(new OverloadedException(drop)));

        assertThatThrownBy(() -> fixture.service.recommend("u1", FIRST))
                .isInstanceOfSatisfying(RecommendationsUnavailableException.class, e -> {
                    assertThat(e.reason()).isEqualTo(reason);
                    assertThat(e.getStackTrace()).isEmpty();
                });
        assertThatThrownBy(() -> fixture.service.recommend(List.of("v1"), FIRST))
                .isInstanceOfSatisfying(
                        RecommendationsUnavailableException.class,
                        e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void fullQueue_isRefusedBeforeTheHistoryIsRead_andIsNotCached() {
        var read = new AtomicBoolean();
        fixture.activities.set(_ -> {
            read.set(true);
            return Activity.NONE;
        });
        runtime.setFull(true);

        assertThatThrownBy(() -> fixture.service.recommend("u1", FIRST))
                .isInstanceOfSatisfying(RecommendationsUnavailableException.class, e -> {
                    assertThat(e.reason()).isEqualTo(UnavailableReason.QUEUE_FULL);
                    assertThat(e.getStackTrace()).isEmpty();
                });
        assertThatThrownBy(() -> fixture.service.similar("what", 2)).isInstanceOf(UnknownItemException.class);
        assertThat(fixture.cache.asMap()).isEmpty();

        runtime.setFull(false);
        assertThat(read).isFalse();
        assertThat(fixture.recommend("u1", FIRST).items()).hasSize(3);
    }

    @Test
    void failure_ofAnyStep_isPassedOnAsItIs() {
        var failure = new IllegalStateException("broken");
        fixture.activities.set(_ -> {
            throw failure;
        });
        assertThatThrownBy(() -> fixture.service.recommend("u1", FIRST)).isSameAs(failure);

        fixture.activities.set(_ -> Activity.NONE);
        runtime.answerWith(() -> CompletableFuture.failedFuture(failure));
        assertThatThrownBy(() -> fixture.service.recommend("u1", FIRST)).isSameAs(failure);

        runtime.answerWith(() -> {
            throw failure;
        });
        assertThatThrownBy(() -> fixture.service.recommend("u1", FIRST)).isSameAs(failure);

        runtime.reset();
        fixture.encoder.before = () -> {
            throw failure;
        };
        assertThatThrownBy(() -> fixture.service.recommend("u1", FIRST)).isSameAs(failure);
    }

    @Test
    void lastRequest_thatGivesUp_cancelsTheRanking() throws Exception {
        runtime.answerWith(() -> ranking);
        Caller first = request(FIRST);
        awaitRequests(1);
        Caller second = request(FIRST);
        ServiceFixture.awaitWaiting(second.thread);

        first.giveUp();
        Thread.sleep(Duration.ofMillis(50)); // a cancellation would come from another thread
        assertThat(ranking).isNotDone();

        second.giveUp();
        ServiceFixture.await(ranking::isDone);
        assertThat(ranking).isCancelled();

        fixture.settle();
        runtime.reset();
        assertThat(fixture.recommend("u1", FIRST).items()).hasSize(3);
    }

    @Test
    void giveUp_whileTheHistoryIsRead_ranksNothing() throws Exception {
        var reading = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var interrupted = new AtomicBoolean();
        fixture.activities.set(_ -> {
            reading.countDown();
            interrupted.set(!awaits(release));
            return Activity.NONE;
        });
        Caller caller = request(FIRST);
        assertThat(reading.await(10, TimeUnit.SECONDS)).isTrue();

        caller.giveUp();
        ServiceFixture.await(() -> fixture.cache.asMap().isEmpty());
        release.countDown();
        fixture.settle();

        assertThat(interrupted).as("the store is not interrupted").isFalse();
        assertThat(runtime.requests()).isEmpty();
    }

    @Test
    void giveUp_whileItIsExplained_cancelsTheExplanations() throws Exception {
        runtime.explainWith(() -> explanations);
        Caller caller = request(EXPLAINED);
        awaitRequests(2);

        caller.giveUp();
        ServiceFixture.await(explanations::isDone);

        assertThat(explanations).isCancelled();
        assertThat(fixture.encoder.threads).isEmpty();
    }

    @Test
    void giveUp_asTheRankingIsComputed_keepsTheAnswer() throws Exception {
        runtime.answerWith(() -> new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterruptIfRunning) {
                complete(RANKING); // the runtime was faster
                return super.cancel(mayInterruptIfRunning);
            }
        });
        Caller caller = request(FIRST);
        awaitRequests(1);

        caller.giveUp();
        ServiceFixture.await(() -> !fixture.encoder.threads.isEmpty());
        fixture.settle();

        fixture.service.recommend("u1", FIRST);
        assertThat(runtime.requests()).hasSize(1);
    }

    @Test
    void giveUp_whileItIsEncoded_keepsTheAnswer() throws Exception {
        var encoding = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        fixture.encoder.before = () -> {
            encoding.countDown();
            while (release.getCount() > 0) {
                Thread.onSpinWait(); // like encoding, it ignores interruptions
            }
        };
        Caller caller = request(FIRST);
        assertThat(encoding.await(10, TimeUnit.SECONDS)).isTrue();

        caller.giveUp();
        release.countDown();
        fixture.settle();

        fixture.service.recommend("u1", FIRST);
        assertThat(runtime.requests()).hasSize(1);
    }

    private static boolean awaits(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            return false;
        }
    }

    private void awaitRequests(int count) {
        ServiceFixture.await(() -> runtime.requests().size() >= count);
    }

    private Caller request(RecommendationQuery query) {
        return new Caller(query);
    }

    /// Thread that requests the items of `u1`.
    private final class Caller {

        private final Thread thread;
        private volatile @Nullable EncodedAnswer answer;
        private volatile @Nullable Throwable failure;

        private Caller(RecommendationQuery query) {
            thread = Thread.ofVirtual().start(() -> {
                try {
                    answer = fixture.service.recommend("u1", query);
                } catch (RuntimeException e) {
                    failure = e;
                }
            });
        }

        private EncodedAnswer answer() {
            ServiceFixture.await(() -> answer != null || failure != null);
            assertThat(failure).isNull();
            return Objects.requireNonNull(answer);
        }

        /// Interrupts the request, as a server does that shuts down.
        private void giveUp() throws InterruptedException {
            ServiceFixture.awaitWaiting(thread);
            thread.interrupt();
            assertThat(thread.join(Duration.ofSeconds(10))).isTrue();
            assertThat(failure)
                    .isInstanceOfSatisfying(
                            RecommendationsUnavailableException.class,
                            e -> assertThat(e.reason()).isEqualTo(UnavailableReason.CLOSING));
        }
    }
}
