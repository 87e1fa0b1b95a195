package io.diffmm.recommendation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.ranking.Ranking;
import io.diffmm.recommendation.RecommendationService.UnknownItemException;
import io.diffmm.recommendation.Recommendations.AnswerKind;
import io.diffmm.recommendation.Recommendations.RecommendedItem;
import io.diffmm.recommendation.Recommendations.SimilarItems;
import io.diffmm.runtime.FakeModelRuntime;
import io.diffmm.runtime.OverloadedException;
import io.diffmm.runtime.OverloadedException.DropReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class RecommendationServiceTest {

    private static final RecommendationQuery FIRST = new RecommendationQuery(20, 0, true);

    private final ServiceFixture fixture = new ServiceFixture(ServiceFixture.CACHE);
    private final FakeModelRuntime runtime = fixture.runtime;
    private final RecommendationService service = fixture.service;

    @Test
    void recommend_trainedUser_ranksUnseenItems() {
        Recommendations answer = fixture.recommend("u1", FIRST);

        assertThat(answer.kind()).isEqualTo(AnswerKind.PERSONALIZED);
        assertThat(answer.model()).isEqualTo("demo");
        assertThat(answer.version()).isEqualTo("v-1");
        // v1 and v5 are the history; item n scores n times its length, 2
        assertThat(answer.items())
                .containsExactly(
                        new RecommendedItem(1, "v4", 8, Optional.empty()),
                        new RecommendedItem(2, "v3", 6, Optional.empty()),
                        new RecommendedItem(3, "v2", 4, Optional.empty()));
        assertThat(runtime.requests()).containsExactly("recommend OptionalInt[0] [0, 4] {0, 4} 20");
    }

    @Test
    void recommend_seenItemsWanted_keepsThem() {
        Recommendations answer = fixture.recommend("u1", new RecommendationQuery(2, 0, false));

        assertThat(ids(answer.items())).containsExactly("v5", "v4");
    }

    @Test
    void recommend_offset_continuesTheRanking() {
        Recommendations answer = fixture.recommend("u1", new RecommendationQuery(1, 1, true));

        assertThat(answer.items()).containsExactly(new RecommendedItem(2, "v3", 6, Optional.empty()));
    }

    @Test
    void recommend_offsetBeyondTheEnd_isEmpty() {
        assertThat(fixture.recommend("u1", new RecommendationQuery(20, 3, true)).items())
                .isEmpty();
    }

    @Test
    void recommend_unknownUserOrEmptyHistory_isPopular() {
        for (String user : List.of("stranger", "new")) {
            Recommendations answer = fixture.recommend(user, new RecommendationQuery(3, 0, true));

            assertThat(answer.kind()).isEqualTo(AnswerKind.POPULAR);
            // v5 has two users, v1 and v2 one each
            assertThat(answer.items())
                    .containsExactly(
                            new RecommendedItem(1, "v5", 2, Optional.empty()),
                            new RecommendedItem(2, "v1", 1, Optional.of("First")),
                            new RecommendedItem(3, "v2", 1, Optional.empty()));
        }
        assertThat(runtime.requests()).isEmpty();
    }

    @Test
    void recommend_history_leavesOutUnknownAndRepeatedItems() {
        Recommendations answer = service.recommend(List.of("v2", "what", "v2", "v1", "huh"), FIRST);

        assertThat(answer.history().unknownItems()).isEqualTo(2);
        assertThat(ids(answer.items())).containsExactly("v5", "v4", "v3");
        assertThat(runtime.requests()).containsExactly("recommend OptionalInt.empty [1, 0] {0, 1} 20");
    }

    @Test
    void recommend_historyOfUnknownItems_isPopular() {
        Recommendations answer = service.recommend(List.of("what"), FIRST);

        assertThat(answer.history().unknownItems()).isEqualTo(1);
        assertThat(answer.kind()).isEqualTo(AnswerKind.POPULAR);
    }

    @Test
    void similar_leavesOutTheItem() {
        SimilarItems answer = fixture.similar("v5", 2);

        assertThat(ids(answer.items())).containsExactly("v4", "v3");
        assertThat(runtime.requests()).containsExactly("similar 4 2");
    }

    @Test
    void similar_unknownItem_isRefused() {
        assertThatThrownBy(() -> service.similar("what", 2))
                .isInstanceOf(UnknownItemException.class)
                .hasMessage("The model does not know the item 'what'.");
    }

    @Test
    void id_dependsOnUserParametersAndModel() {
        String id = fixture.recommend("u1", FIRST).id();

        assertThat(id)
                .matches("v-1\\.[0-9a-f]{32}")
                .isEqualTo(fixture.recommend("u1", FIRST).id());
        assertThat(fixture.recommend("u2", FIRST).id()).isNotEqualTo(id);
        assertThat(fixture.recommend("u1", new RecommendationQuery(19, 0, true)).id())
                .isNotEqualTo(id);
        runtime.setVersion("v-2");
        assertThat(fixture.recommend("u1", FIRST).id()).isNotEqualTo(id);
    }

    @Test
    void cache_computesOncePerUserParametersAndVersion() {
        List<RecommendationQuery> queries = List.of(
                FIRST,
                new RecommendationQuery(19, 0, true),
                new RecommendationQuery(20, 1, true),
                new RecommendationQuery(20, 0, false));
        for (int round = 0; round < 3; round++) {
            for (String user : List.of("u1", "u2")) {
                queries.forEach(query -> fixture.recommend(user, query));
            }
        }
        assertThat(runtime.requests()).hasSize(8);

        runtime.setVersion("v-2");
        fixture.recommend("u1", FIRST);
        assertThat(runtime.requests()).hasSize(9);
    }

    @Test
    void cache_fiftyAtOnce_computesOnce() throws Exception {
        var scores = new CompletableFuture<Ranking>();
        runtime.answerWith(() -> scores);
        List<Future<Recommendations>> answers = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var started = new CountDownLatch(50);
            for (int i = 0; i < 50; i++) {
                answers.add(threads.submit(() -> {
                    started.countDown();
                    return fixture.recommend("u1", FIRST);
                }));
            }
            started.await();
            scores.complete(FakeModelRuntime.ranked(2, ServiceFixture.rows(0, 4), 20));
        }

        assertThat(runtime.requests()).hasSize(1);
        for (Future<Recommendations> answer : answers) {
            assertThat(ids(answer.get().items())).containsExactly("v4", "v3", "v2");
        }
    }

    @Test
    void overload_isNotCached() {
        runtime.answerWith(() -> CompletableFuture.failedFuture(new OverloadedException(DropReason.QUEUE_FULL)));
        assertUnavailable("Too many requests are waiting.");

        runtime.answerWith(() -> {
            throw new OverloadedException(DropReason.QUEUE_FULL);
        });
        assertUnavailable("Too many requests are waiting.");

        runtime.reset();
        assertThat(fixture.recommend("u1", FIRST).items()).hasSize(3);
    }

    @Test
    void timeout_cancelsTheRequestAndIsNotCached() {
        var never = new CompletableFuture<Ranking>();
        runtime.answerWith(() -> never);
        assertUnavailable("The answer was not ready within 200 ms.");

        ServiceFixture.await(never::isDone);
        assertThat(never).isCancelled();
        runtime.reset();
        assertThat(fixture.recommend("u1", FIRST).items()).hasSize(3);
    }

    @Test
    void timeout_ofASession_cancelsTheRequest() {
        var never = new CompletableFuture<Ranking>();
        runtime.answerWith(() -> never);

        assertThatThrownBy(() -> service.recommend(List.of("v1"), FIRST))
                .isInstanceOf(RecommendationsUnavailableException.class)
                .hasMessage("The answer was not ready within 200 ms.");
        assertThat(never).isCancelled();
        assertThat(fixture.recorder.calls).last().isEqualTo("unavailable DEADLINE");
    }

    @Test
    void shutdown_failsWaitingRequests() {
        var cancelled = new CompletableFuture<Ranking>();
        cancelled.cancel(false);
        runtime.answerWith(() -> cancelled);

        assertUnavailable("The service is shutting down.");
    }

    @Test
    void faultOfTheRuntime_isPassedOn() {
        runtime.answerWith(() -> CompletableFuture.failedFuture(new ArithmeticException("no")));

        assertThatThrownBy(() -> fixture.recommend("u1", FIRST)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> service.recommend(List.of("v1"), FIRST)).isInstanceOf(ArithmeticException.class);
        assertThat(fixture.recorder.calls).contains("failed v-1");
    }

    @Test
    void listener_receivesHistoriesAndAnswers() {
        fixture.recommend("u1", FIRST);
        fixture.recommend("u1", FIRST);
        fixture.recommend("stranger", FIRST);

        service.similar("v1", 1);

        assertThat(fixture.recorder.calls)
                .containsExactly(
                        "history",
                        "stage history",
                        "PERSONALIZED",
                        "PERSONALIZED",
                        "history",
                        "stage history",
                        "POPULAR",
                        "SIMILAR");
    }

    @Test
    void query_outsideItsLimits_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RecommendationQuery(101, 0, true))
                .withMessage("limit is 101, not between 1 and 100");
        assertThatIllegalArgumentException().isThrownBy(() -> new RecommendationQuery(0, 0, true));
        assertThatIllegalArgumentException().isThrownBy(() -> new RecommendationQuery(1, -1, true));
        assertThatIllegalArgumentException().isThrownBy(() -> new RecommendationQuery(1, 10_001, true));
    }

    private void assertUnavailable(String message) {
        assertThatThrownBy(() -> fixture.recommend("u1", FIRST))
                .isInstanceOf(RecommendationsUnavailableException.class)
                .hasMessage(message);
    }

    private static List<String> ids(List<RecommendedItem> items) {
        return items.stream().map(RecommendedItem::itemId).toList();
    }
}
