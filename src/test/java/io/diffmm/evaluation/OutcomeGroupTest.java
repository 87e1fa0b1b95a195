package io.diffmm.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.diffmm.datasets.HeldOut;
import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.evaluation.Evaluator.UserOutcome;
import io.diffmm.evaluation.OutcomeGroup.CountRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OutcomeGroupTest {

    private static final Metric RECALL = new Metric(Metric.Measure.RECALL, 2);

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void quantiles_containEveryCountOnce_ascending(long seed) {
        int[] counts =
                new SplittableRandom(seed).ints(1 + seed, 0, 1 + (int) seed / 4).toArray();

        List<CountRange> ranges = CountRange.quantiles(counts, 4);

        assertThat(ranges).hasSizeBetween(1, 4);
        for (int count : counts) {
            assertThat(ranges.stream().filter(range -> range.contains(count))).hasSize(1);
        }
        for (CountRange range : ranges) {
            assertThat(Arrays.stream(counts).anyMatch(range::contains)).isTrue();
        }
        for (int at = 1; at < ranges.size(); at++) {
            assertThat(ranges.get(at).from()).isEqualTo(ranges.get(at - 1).to() + 1);
        }
    }

    @Test
    void quantiles_ofDistinctCounts_haveEqualSize() {
        assertThat(CountRange.quantiles(new int[] {8, 7, 6, 5, 4, 3, 2, 1}, 4))
                .extracting(CountRange::label)
                .containsExactly("1–2", "3–4", "5–6", "7–8");
        assertThat(CountRange.quantiles(new int[] {3, 3, 3, 3, 9}, 4))
                .extracting(CountRange::label)
                .containsExactly("3", "4–9");
        assertThat(CountRange.quantiles(new int[0], 4)).isEmpty();
        assertThatThrownBy(() -> new CountRange(2, 1)).hasMessageContaining("from 2 to 1");
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void groups_containEveryUserAndEveryHeldOutItemOnce(long seed) {
        List<UserOutcome> outcomes = outcomes(seed);
        int[] popularity = new SplittableRandom(seed).ints(30, 0, 12).toArray();

        List<OutcomeGroup> byHistory = OutcomeGroup.byHistoryLength(outcomes);
        List<OutcomeGroup> byPopularity = OutcomeGroup.byPopularity(outcomes, popularity);

        assertThat(byHistory.stream().flatMap(group -> group.outcomes().stream()))
                .containsExactlyInAnyOrderElementsOf(outcomes);
        assertThat(heldOut(byPopularity.stream()
                        .flatMap(group -> group.outcomes().stream())
                        .toList()))
                .isEqualTo(heldOut(outcomes));
        assertThat(hits(byPopularity.stream()
                        .flatMap(group -> group.outcomes().stream())
                        .toList()))
                .isEqualTo(hits(outcomes));
    }

    @Test
    void byPopularity_countsOnlyTheGroupsItems() {
        // Items 0 and 1 are held out, of 1 and 9 users; only item 1 is among the best two.
        UserOutcome outcome = new UserOutcome(user(0, 0, 1), 4, new int[] {2, 1});

        List<OutcomeGroup> groups = OutcomeGroup.byPopularity(List.of(outcome), new int[] {1, 9, 5});

        assertThat(outcome.value(RECALL)).isEqualTo(0.5);
        assertThat(groups).extracting(group -> group.range().label()).containsExactly("1", "2–9");
        assertThat(groups.get(0).outcomes().getFirst().value(RECALL)).isZero();
        assertThat(groups.get(1).outcomes().getFirst().value(RECALL)).isEqualTo(1);
    }

    @Test
    void outcomes_haveTheMeansOfTheEvaluator() {
        List<UserOutcome> outcomes = outcomes(3);
        Metric ndcg = new Metric(Metric.Measure.NDCG, 5);
        var heldOut = new HeldOut(outcomes.stream().map(UserOutcome::user).toList(), 0, 0, 0);
        Evaluator evaluator = new Evaluator(heldOut, _ -> new BitSet(), List.of(5));
        OfflineRanker ranker = (users, _, _) ->
                users.stream().map(_ -> new int[] {3, 1, 4, 15, 9}).toList();

        List<UserOutcome> measured = evaluator.outcomes(ranker, _ -> 2);

        assertThat(measured.stream()
                        .mapToDouble(outcome -> outcome.value(ndcg))
                        .average()
                        .orElseThrow())
                .isCloseTo(evaluator.evaluate(ranker).metrics().get("ndcg@5"), within(1e-12));
        assertThat(measured.getFirst().historyLength()).isEqualTo(2);
    }

    private static List<UserOutcome> outcomes(long seed) {
        var random = new SplittableRandom(seed);
        List<UserOutcome> outcomes = new ArrayList<>();
        for (int row = 0; row < 1 + seed; row++) {
            int[] items = random.ints(1 + random.nextInt(4), 0, 30).distinct().toArray();
            int[] ranked = random.ints(5, 0, 30).distinct().toArray();
            outcomes.add(new UserOutcome(user(row, items), random.nextInt(10), ranked));
        }
        return outcomes;
    }

    private static HeldOutUser user(int row, int... items) {
        return new HeldOutUser(OptionalInt.of(row), "u" + row, items);
    }

    private static int heldOut(List<UserOutcome> outcomes) {
        return outcomes.stream()
                .mapToInt(outcome -> outcome.user().items().length)
                .sum();
    }

    private static int hits(List<UserOutcome> outcomes) {
        int hits = 0;
        for (UserOutcome outcome : outcomes) {
            for (boolean hit : outcome.hits()) {
                hits += hit ? 1 : 0;
            }
        }
        return hits;
    }
}
