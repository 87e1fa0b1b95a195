package io.diffmm.recommendation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.ranking.Ranking;
import io.diffmm.recommendation.RecommendationListener.AnswerOrigin;
import io.diffmm.recommendation.Recommendations.AnswerKind;
import io.diffmm.recommendation.ServingProperties.CacheProperties;
import io.diffmm.runtime.FakeModelRuntime;
import io.diffmm.runtime.OverloadedException;
import io.diffmm.runtime.OverloadedException.DropReason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// Age, refreshes and refusals of cached answers, with a clock that the tests move.
class AnswerCacheTest {

    private static final RecommendationQuery FIRST = new RecommendationQuery(20, 0, true);
    private static final Duration AGE = ServiceFixture.CACHE.timeToLive();
    private static final Duration STALE = ServiceFixture.CACHE.staleWhileRevalidate();
    private static final Duration MOMENT = Duration.ofSeconds(1);

    private final ServiceFixture fixture = new ServiceFixture(ServiceFixture.CACHE);
    private final FakeModelRuntime runtime = fixture.runtime;

    @Test
    void answer_withinItsAge_isNotComputedAgain() {
        EncodedAnswer answer = fixture.service.recommend("u1", FIRST);
        fixture.pass(AGE);

        assertThat(fixture.service.recommend("u1", FIRST)).isSameAs(answer);
        assertThat(runtime.requests()).hasSize(1);
    }

    @Test
    void origin_isTheCacheOnceTheAnswerIsThere() {
        fixture.service.recommend("u1", FIRST);
        fixture.service.recommend("u1", FIRST);
        fixture.service.recommend(List.of("v1"), FIRST);

        assertThat(fixture.recorder.origins)
                .containsExactly(AnswerOrigin.COMPUTED, AnswerOrigin.CACHED, AnswerOrigin.COMPUTED);
    }

    @Test
    void answer_pastItsAge_isGivenWhileOneRefreshRuns() {
        Recommendations old = fixture.recommend("u1", FIRST);
        var scores = new CompletableFuture<Ranking>();
        runtime.answerWith(() -> scores);
        fixture.pass(AGE.plus(MOMENT));

        for (int request = 0; request < 3; request++) {
            assertThat(fixture.recommend("u1", FIRST)).isEqualTo(old);
        }
        fixture.settle(); // the history is read in the background
        assertThat(runtime.requests()).hasSize(2);
        assertThat(refreshes()).containsExactly("refresh STARTED");

        scores.complete(FakeModelRuntime.ranked(3, ServiceFixture.rows(0, 4), 20));
        awaitRefreshes("refresh STARTED", "refresh SUCCEEDED");
        // three times the item's number in place of twice
        assertThat(fixture.recommend("u1", FIRST).items().getFirst().score()).isEqualTo(12);
        fixture.pass(AGE);
        assertThat(fixture.recommend("u1", FIRST).items().getFirst().score()).isEqualTo(12);
        assertThat(runtime.requests()).hasSize(2);
    }

    @Test
    void refresh_thatFails_keepsTheOldAnswerUntilItExpires() {
        EncodedAnswer old = fixture.service.recommend("u1", FIRST);
        refuseAll();
        fixture.pass(AGE.plus(MOMENT));

        assertThat(fixture.service.recommend("u1", FIRST)).isSameAs(old);
        fixture.settle();
        fixture.pass(STALE.minus(MOMENT.multipliedBy(2)));
        assertThat(fixture.service.recommend("u1", FIRST)).isSameAs(old);
        fixture.settle();
        assertThat(refreshes())
                .containsExactly("refresh STARTED", "refresh FAILED", "refresh STARTED", "refresh FAILED");

        fixture.pass(MOMENT.multipliedBy(2));
        assertThatThrownBy(() -> fixture.service.recommend("u1", FIRST))
                .isInstanceOf(RecommendationsUnavailableException.class);
        assertThat(fixture.recorder.calls).contains("unavailable QUEUE_FULL");
    }

    @Test
    void refreshes_thatFailWithAnError_releaseTheirPermits() {
        EncodedAnswer old = fixture.service.recommend("u1", FIRST);
        runtime.failAdmission(new OutOfMemoryError("no thread"));
        fixture.pass(AGE.plus(MOMENT));

        for (int request = 0; request < 3; request++) { // one more than there are permits
            assertThat(fixture.service.recommend("u1", FIRST)).isSameAs(old);
        }
        assertThat(refreshes())
                .containsExactly(
                        "refresh STARTED",
                        "refresh FAILED",
                        "refresh STARTED",
                        "refresh FAILED",
                        "refresh STARTED",
                        "refresh FAILED");
    }

    @Test
    void refreshes_beyondTheirBound_areRefusedAndTheOldAnswerIsGiven() {
        List<RecommendationQuery> queries =
                List.of(FIRST, new RecommendationQuery(19, 0, true), new RecommendationQuery(18, 0, true));
        List<EncodedAnswer> old = answers(queries);
        var scores = new CompletableFuture<Ranking>();
        runtime.answerWith(() -> scores);
        fixture.pass(AGE.plus(MOMENT));

        assertThat(answers(queries)).isEqualTo(old);
        assertThat(refreshes()).containsExactly("refresh STARTED", "refresh STARTED", "refresh REFUSED");

        scores.complete(FakeModelRuntime.ranked(2, ServiceFixture.rows(0, 4), 20));
        awaitRefreshes(
                "refresh STARTED", "refresh STARTED", "refresh REFUSED", "refresh SUCCEEDED", "refresh SUCCEEDED");
        runtime.answerWith(CompletableFuture::new);
        assertThat(fixture.service.recommend("u1", queries.get(2))).isSameAs(old.get(2));
        fixture.settle(); // the history is read first
        assertThat(runtime.requests()).as("the refused one is tried again").hasSize(6);
    }

    @Test
    void staleWhileRevalidate_ofZero_computesAtTheAge() {
        var properties = new CacheProperties(1000, AGE, Duration.ZERO, 2, Duration.ZERO);
        var strict = new ServiceFixture(properties);
        EncodedAnswer old = strict.service.recommend("u1", FIRST);
        strict.pass(AGE.plus(MOMENT));

        assertThat(strict.service.recommend("u1", FIRST)).isNotSameAs(old);
        assertThat(strict.recorder.calls).doesNotContain("refresh STARTED");
    }

    @Test
    void answers_areEncodedOnceAndNotByTheThreadThatRanks() throws Exception {
        var scores = new CompletableFuture<Ranking>();
        runtime.answerWith(() -> scores);
        var inference = Thread.ofPlatform()
                .unstarted(() -> scores.complete(FakeModelRuntime.ranked(2, ServiceFixture.rows(0, 4), 20)));
        inference.start();
        inference.join();

        assertThat(fixture.service.recommend("u1", FIRST)).isSameAs(fixture.service.recommend("u1", FIRST));
        assertThat(fixture.encoder.threads).singleElement().asString().startsWith("VirtualThread");
    }

    @Test
    void largeAnswers_countAsSeveral() {
        assertThat(new EncodedAnswer(AnswerKind.POPULAR, new byte[4095], false).weight())
                .isEqualTo(1);
        assertThat(new EncodedAnswer(AnswerKind.POPULAR, new byte[8192], false).weight())
                .isEqualTo(3);
    }

    private void refuseAll() {
        runtime.answerWith(() -> CompletableFuture.failedFuture(new OverloadedException(DropReason.QUEUE_FULL)));
    }

    private List<EncodedAnswer> answers(List<RecommendationQuery> queries) {
        return queries.stream()
                .map(query -> fixture.service.recommend("u1", query))
                .toList();
    }

    private List<String> refreshes() {
        return fixture.recorder.calls.stream()
                .filter(call -> call.startsWith("refresh"))
                .toList();
    }

    private void awaitRefreshes(String... expected) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (refreshes().size() < expected.length && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        fixture.settle();
        assertThat(refreshes()).containsExactly(expected);
    }
}
