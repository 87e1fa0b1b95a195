package io.diffmm.recommendation;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import io.diffmm.recommendation.UserHistories.Known;
import io.diffmm.runtime.FakeModelRuntime;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class HistoryRankingTest {

    private static final Known KNOWN =
            new Known(OptionalInt.empty(), new int[] {1}, Ranker.rows(1), new HistorySummary(1, 0, true), true);
    private static final Ranking FOUND = FakeModelRuntime.ranked(1, new BitSet(), 3);
    private static final List<Explanation> WHY = List.of(new Explanation(1, new LinkedHashMap<>(), List.of()));

    private final CompletableFuture<Known> history = new CompletableFuture<>();
    private final CompletableFuture<Ranking> ranking = new CompletableFuture<>();
    private final CompletableFuture<List<Explanation>> explanations = new CompletableFuture<>();
    private final HistoryRanking all =
            HistoryRanking.begin(history, _ -> Optional.of(ranking), (_, _) -> Optional.of(explanations));

    @Test
    void steps_oneAfterTheOther_giveAll() {
        history.complete(KNOWN);
        ranking.complete(FOUND);
        assertThat(all).isNotDone();
        explanations.complete(WHY);

        assertThat(all.join()).isEqualTo(new HistoryRanking.Ranked(KNOWN, Optional.of(FOUND), WHY));
    }

    @Test
    void step_missing_endsThere() {
        var nothingToRank = HistoryRanking.begin(
                CompletableFuture.completedFuture(KNOWN), _ -> Optional.empty(), (_, _) -> Optional.of(explanations));
        var unexplained = HistoryRanking.begin(
                CompletableFuture.completedFuture(KNOWN),
                _ -> Optional.of(CompletableFuture.completedFuture(FOUND)),
                (_, _) -> Optional.empty());

        assertThat(nothingToRank.join().ranking()).isEmpty();
        assertThat(unexplained.join()).isEqualTo(new HistoryRanking.Ranked(KNOWN, Optional.of(FOUND), List.of()));
    }

    @Test
    void step_failing_failsAllWithTheSame() {
        var failure = new IllegalStateException("broken");
        history.completeExceptionally(new CompletionException(failure));
        assertThat(all.exceptionNow()).isSameAs(failure);

        var thrown = HistoryRanking.begin(
                CompletableFuture.completedFuture(KNOWN),
                _ -> {
                    throw failure;
                },
                (_, _) -> Optional.empty());
        assertThat(thrown.exceptionNow()).isSameAs(failure);
    }

    @Test
    void cancel_atAnyStep_cancelsThatStepAndBeginsNoOther() {
        all.cancel(false);
        assertThat(history).isCancelled();

        var second = HistoryRanking.begin(
                CompletableFuture.completedFuture(KNOWN), _ -> Optional.of(ranking), (_, _) -> Optional.empty());
        second.cancel(false);
        assertThat(ranking).isCancelled();

        var third = HistoryRanking.begin(
                CompletableFuture.completedFuture(KNOWN),
                _ -> Optional.of(CompletableFuture.completedFuture(FOUND)),
                (_, _) -> Optional.of(explanations));
        third.cancel(false);
        assertThat(explanations).isCancelled();
    }

    @Test
    void cancel_whileTheHistoryIsLookedUp_nothingIsRanked() {
        var lookedUp = new UncancellableFuture();
        var ranked = HistoryRanking.begin(
                lookedUp,
                _ -> {
                    throw new AssertionError("nobody waits");
                },
                (_, _) -> Optional.empty());
        ranked.cancel(false);

        lookedUp.complete(KNOWN);

        assertThat(ranked).isCancelled();
    }

    private static final class UncancellableFuture extends CompletableFuture<Known> {

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            return false;
        }
    }
}
