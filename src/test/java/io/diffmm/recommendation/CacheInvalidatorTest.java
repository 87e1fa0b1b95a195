package io.diffmm.recommendation;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.interactions.Activity;
import io.diffmm.interactions.Interactions.InteractionsUnavailableException;
import io.diffmm.ranking.Ranking;
import io.diffmm.recommendation.CacheInvalidator.AnswerKey;
import io.diffmm.recommendation.Recommendations.AnswerKind;
import io.diffmm.recommendation.Recommendations.HistorySummary;
import io.diffmm.recommendation.ServingProperties.CacheProperties;
import io.diffmm.runtime.FakeModelRuntime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CacheInvalidatorTest {

    private static final RecommendationQuery FIRST = new RecommendationQuery(20, 0, true);

    private final ServiceFixture fixture = new ServiceFixture(ServiceFixture.CACHE);
    private final RecommendationService service = fixture.service;
    private final FakeModelRuntime runtime = fixture.runtime;

    @Test
    void recommend_newUserWithLiveInteractions_isPersonalized() {
        fixture.activities.set(_ -> done("v2", "new item"));

        EncodedAnswer answer = service.recommend("stranger", FIRST);

        assertThat(answer.kind()).isEqualTo(AnswerKind.PERSONALIZED);
        assertThat(runtime.requests()).containsExactly("recommend OptionalInt.empty [1] {1} 20");
        assertThat(fixture.encoder.history(answer)).isEqualTo(new HistorySummary(1, 1, true));
    }

    @Test
    void recommend_trainedUserWithLiveInteractions_ranksByBoth() {
        fixture.activities.set(_ -> done("v3"));

        service.recommend("u1", FIRST); // trained on v1 and v5

        assertThat(runtime.requests()).containsExactly("recommend OptionalInt[0] [0, 4, 2] {0, 2, 4} 20");
    }

    @Test
    void recommend_longHistory_ranksByTheNewestAndLeavesOutAll() {
        fixture.activities.set(_ -> done("v4", "v3", "v2"));

        service.recommend("u1", FIRST);

        // the ranking takes at most four into account
        assertThat(runtime.requests()).containsExactly("recommend OptionalInt[0] [4, 1, 2, 3] {0, 1, 2, 3, 4} 20");
    }

    @Test
    void recommend_erasedUser_isUnknown() {
        fixture.activities.set(_ -> new Activity(List.of(), Set.of(), true));

        assertThat(service.recommend("u1", FIRST).kind()).isEqualTo(AnswerKind.POPULAR);

        fixture.activities.set(_ -> new Activity(done("v2").live(), Set.of(), true));
        fixture.invalidator.changed(List.of("u1"));
        service.recommend("u1", FIRST);
        assertThat(runtime.requests()).containsExactly("recommend OptionalInt.empty [1] {1} 20");
    }

    @Test
    void changed_user_isComputedAgain_othersAreNot() {
        EncodedAnswer before = service.recommend("u1", FIRST);
        EncodedAnswer other = service.recommend("u2", FIRST);

        fixture.activities.set(_ -> done("v3"));
        fixture.invalidator.changed(List.of("u1", "stranger"));

        assertThat(service.recommend("u1", FIRST).entityTag()).isNotEqualTo(before.entityTag());
        assertThat(service.recommend("u2", FIRST)).isSameAs(other);
    }

    @Test
    void changed_sameItems_stillAnotherTag() {
        fixture.activities.set(_ -> done("v2", "v3"));
        EncodedAnswer before = service.recommend("stranger", FIRST);

        fixture.activities.set(_ -> done("v3", "v2")); // the other one is the newer now
        fixture.invalidator.changed(List.of("stranger"));

        assertThat(service.recommend("stranger", FIRST).entityTag()).isNotEqualTo(before.entityTag());
    }

    @Test
    void changed_user_leavesNothingInTheCache() {
        service.recommend("u1", FIRST);
        service.recommend("u1", new RecommendationQuery(1, 0, true));
        service.similar("v1", 1);

        fixture.invalidator.changed(List.of("u1"));

        assertThat(fixture.cache.asMap().keySet()).hasOnlyElementsOfType(AnswerKey.ItemKey.class);
    }

    @Test
    void manyQuestions_leaveNoMoreThanTheCacheHolds() {
        var small = new ServiceFixture(
                new CacheProperties(10, Duration.ofMinutes(10), Duration.ofMinutes(5), 2, Duration.ofMinutes(1)));
        for (int offset = 0; offset < 500; offset++) {
            small.service.recommend("u1", new RecommendationQuery(1, offset, true));
        }
        small.cache.synchronous().cleanUp();
        small.settle();

        AnswerKey any = small.cache.asMap().keySet().iterator().next();

        assertThat(any)
                .isInstanceOfSatisfying(
                        AnswerKey.UserKey.class,
                        key -> assertThat(key.history().keys()).hasSizeLessThan(30));
    }

    @Test
    void changed_whileAnAnswerIsComputed_thatAnswerIsNotGivenAgain() throws Exception {
        var slow = new CompletableFuture<Ranking>();
        runtime.answerWith(() -> slow);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<EncodedAnswer> old = threads.submit(() -> service.recommend("u1", FIRST));
            awaitRequests(1);

            fixture.activities.set(_ -> done("v3"));
            fixture.invalidator.changed(List.of("u1"));
            slow.complete(FakeModelRuntime.ranked(2, ServiceFixture.rows(0, 4), 20));
            old.get(10, TimeUnit.SECONDS);
        }
        runtime.answerWith(
                () -> CompletableFuture.completedFuture(FakeModelRuntime.ranked(3, ServiceFixture.rows(0), 20)));

        service.recommend("u1", FIRST);

        assertThat(runtime.requests()).last().isEqualTo("recommend OptionalInt[0] [0, 4, 2] {0, 2, 4} 20");
    }

    @Test
    void changed_whileAnOldAnswerIsRefreshed_neitherIsGivenAgain() throws Exception {
        service.recommend("u1", FIRST);
        var slow = new CompletableFuture<Ranking>();
        runtime.answerWith(() -> slow);
        fixture.pass(ServiceFixture.CACHE.timeToLive().plusSeconds(1));
        service.recommend("u1", FIRST); // returns the old one and starts a refresh
        awaitRequests(2);

        fixture.activities.set(_ -> done("v3"));
        fixture.invalidator.changed(List.of("u1"));
        slow.complete(FakeModelRuntime.ranked(2, ServiceFixture.rows(0, 4), 20));
        fixture.settle();
        service.recommend("u1", FIRST);

        assertThat(runtime.requests()).last().isEqualTo("recommend OptionalInt[0] [0, 4, 2] {0, 2, 4} 20");
    }

    @Test
    void anyMayHaveChanged_everyUserIsComputedAgain_itemsAreNot() {
        service.recommend("u1", FIRST);
        EncodedAnswer similar = service.similar("v1", 1);

        fixture.invalidator.anyMayHaveChanged();
        service.recommend("u1", FIRST);

        assertThat(runtime.requests())
                .filteredOn(request -> request.startsWith("recommend"))
                .hasSize(2);
        assertThat(service.similar("v1", 1)).isSameAs(similar);
    }

    @Test
    void recommend_storeAway_goesOnFromTheModelsHistoryAndIsMarked() {
        fixture.activities.set(_ -> {
            throw away();
        });

        EncodedAnswer answer = service.recommend("u1", FIRST);

        assertThat(answer.kind()).isEqualTo(AnswerKind.PERSONALIZED);
        assertThat(fixture.encoder.history(answer)).isEqualTo(new HistorySummary(2, 0, false));
    }

    @Test
    void recommend_storeTooSlow_goesOnWithoutItAndDoesNotInterruptIt() throws Exception {
        var interrupted = new CompletableFuture<Boolean>();
        fixture.activities.set(_ -> {
            interrupted.complete(isInterruptedWithin(Duration.ofSeconds(1)));
            return done("v3");
        });
        var histories = new UserHistories(
                fixture.store,
                4,
                Duration.ofMillis(20),
                task -> Thread.ofVirtual().start(task),
                fixture.recorder);

        UserHistories.ResolvedHistory history = histories.ofUser(runtime.model(), "u1");

        assertThat(interrupted).isNotDone();
        assertThat(history.summary()).isEqualTo(new HistorySummary(2, 0, false));
        assertThat(interrupted.get(10, TimeUnit.SECONDS)).isFalse();
    }

    @Test
    void recommend_storeBack_isLiveAfterAMoment() {
        fixture.activities.set(_ -> {
            throw away();
        });
        service.recommend("u1", FIRST);
        fixture.activities.set(_ -> done("v3"));

        fixture.pass(Duration.ofSeconds(2));

        assertThat(fixture.encoder.history(service.recommend("u1", FIRST)).live())
                .isTrue();
    }

    @Test
    void recommend_storeAwayAndUserErased_isUnknown() {
        fixture.activities.set(_ -> {
            throw away();
        });
        fixture.erased.add("u1");

        assertThat(service.recommend("u1", FIRST).kind()).isEqualTo(AnswerKind.POPULAR);
    }

    @Test
    void recommend_changesNotReported_holdsForAMomentOnly() {
        fixture.current.set(false);
        EncodedAnswer before = service.recommend("u1", FIRST);
        assertThat(fixture.encoder.history(before).live()).isTrue();
        fixture.activities.set(_ -> done("v3")); // by another replica, without a notification

        fixture.pass(Duration.ofSeconds(2));

        assertThat(service.recommend("u1", FIRST)).isNotSameAs(before);
    }

    @Test
    void refresh_storeAway_keepsTheWholeAnswer() {
        fixture.activities.set(_ -> done("v3"));
        EncodedAnswer whole = service.recommend("u1", FIRST);
        fixture.activities.set(_ -> {
            throw away();
        });
        fixture.pass(ServiceFixture.CACHE.timeToLive().plusSeconds(1));

        service.recommend("u1", FIRST);
        fixture.settle();

        assertThat(service.recommend("u1", FIRST)).isSameAs(whole);
        assertThat(fixture.recorder.calls).contains("refresh FAILED");
    }

    private void awaitRequests(int count) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (runtime.requests().size() < count) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    private static boolean isInterruptedWithin(Duration time) {
        try {
            Thread.sleep(time);
            return false;
        } catch (InterruptedException _) {
            return true;
        }
    }

    private static InteractionsUnavailableException away() {
        return new InteractionsUnavailableException(Duration.ofSeconds(1));
    }

    private static Activity done(String... newestFirst) {
        List<Activity.LiveItem> live = List.of(newestFirst).stream()
                .map(item -> new Activity.LiveItem(item, Instant.EPOCH))
                .toList();
        return new Activity(live, Set.of(), false);
    }
}
