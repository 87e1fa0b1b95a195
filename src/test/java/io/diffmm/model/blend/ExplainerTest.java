package io.diffmm.model.blend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.diffmm.engine.PyTorch.EngineThreads;
import io.diffmm.linear.ItemItemModel;
import io.diffmm.linear.RandomItemItemModels;
import io.diffmm.model.BatchSizes;
import io.diffmm.model.Recency;
import io.diffmm.model.Recommender.ExplanationQuery;
import io.diffmm.model.ScoringModel.Scorer;
import io.diffmm.model.StageTimes;
import io.diffmm.model.UserHistory;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Explanation.Reason;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.Precision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Compares explanations with the scores of the views, and with plain scores of shorter histories.
class ExplainerTest {

    private static final List<String> UNROUNDED = List.of("a", "b", BlendedRecommender.LINEAR);
    private static final BatchSizes SIZES = BatchSizes.any(64);

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void explain_anyBlend_partsAreThoseOfTheViews_andSumToTheScore(long seed) {
        var random = new SplittableRandom(seed);
        RandomViews views = new RandomViews(random);
        ItemItemModel links = RandomItemItemModels.of(views.itemCount(), random);
        Blend blend = RandomBlends.of(views, Optional.of(links), random);
        ExplanationQuery query = query(views.itemCount(), random);
        try (var model = model(views, links, blend)) {
            List<Explanation> explanations = explain(model, query, SIZES);
            double[] scores = EngineThreads.with(1, () -> scores(model, query.history(), query.items()));

            assertThat(explanations).hasSameSizeAs(scores);
            for (int at = 0; at < scores.length; at++) {
                Explanation explanation = explanations.get(at);
                assertThat(explanation.score()).isEqualTo(scores[at]);
                assertThat(sum(explanation)).isCloseTo(scores[at], within(1e-9));
                assertParts(explanation, parts(views, links, blend, query.history(), query.items()[at]));
            }
        }
    }

    private static double sum(Explanation explanation) {
        return explanation.parts().values().stream()
                .mapToDouble(Double::doubleValue)
                .sum();
    }

    private static void assertParts(Explanation explanation, Map<String, Double> expected) {
        assertThat(explanation.parts().keySet()).containsExactlyInAnyOrderElementsOf(expected.keySet());
        explanation.parts().forEach((view, part) -> {
            Offset<Double> rounding = within(view.equals("c.rounded") ? 1e-4 : 1e-9);
            assertThat(part).as(view).isCloseTo(expected.getOrDefault(view, Double.NaN), rounding);
        });
    }

    private static Map<String, Double> parts(
            RandomViews views, ItemItemModel links, Blend blend, UserHistory history, int item) {
        Map<String, Double> parts = new HashMap<>();
        blend.views()
                .forEach((name, part) ->
                        parts.put(name, part.weight() * score(views, links, name, part, history, item)));
        return parts;
    }

    private static double score(
            RandomViews views, ItemItemModel links, String name, Blend.Part part, UserHistory history, int item) {
        if (name.equals(BlendedRecommender.LINEAR)) {
            double linked = linked(links, part.recency().weights(history.items().length), history.items(), item);
            return part.logOffset()
                    .map(offset -> Math.log(linked + offset) - Math.log(offset))
                    .orElse(linked);
        }
        Scorer view = views.all().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        double[] user = RandomViews.vector(name, history, part.recency());
        return view.items().get().product(user, item)
                + RandomViews.added(history).of(item);
    }

    private static double linked(ItemItemModel links, double[] weights, int[] history, int item) {
        double[] sum = {0};
        for (int at = 0; at < history.length; at++) {
            double share = weights[at] / history.length;
            links.forEach(history[at], (other, weight) -> sum[0] += other == item ? share * weight : 0);
        }
        return sum[0];
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void explain_anyHistory_namesTheItemsWithoutWhichPlainScoresFallMost(long seed) {
        var random = new SplittableRandom(seed);
        RandomViews views = new RandomViews(random);
        ItemItemModel links = RandomItemItemModels.of(views.itemCount(), random);
        Blend blend = RandomBlends.of(UNROUNDED, Optional.of(links), random);
        ExplanationQuery query = query(views.itemCount(), random);
        int most = 1 + random.nextInt(40);
        BatchSizes sizes = random.nextBoolean() ? BatchSizes.any(most) : BatchSizes.few(most);
        try (var model = model(views, links, blend)) {
            List<Explanation> explanations = explain(model, query, sizes);
            for (int at = 0; at < query.items().length; at++) {
                assertThat(explanations.get(at).reasons()).isEqualTo(expected(model, query, query.items()[at]));
            }
        }
    }

    /// Finds the greatest decreases one after the other, each from the newest item on.
    private static List<Reason> expected(BlendedRecommender model, ExplanationQuery query, int item) {
        int[] history = query.history().items();
        double whole = scores(model, query.history(), item)[0];
        List<Reason> falls = new ArrayList<>();
        for (int place = history.length - 1; place >= Math.max(0, history.length - query.maxOmissions()); place--) {
            int left = history[place];
            int[] others = IntStream.of(history).filter(one -> one != left).toArray();
            double without = others.length == 0
                    ? 0
                    : scores(model, new UserHistory(query.history().user(), others), item)[0];
            if (whole - without > 0) {
                falls.add(new Reason(left, whole - without));
            }
        }
        List<Reason> best = new ArrayList<>();
        while (best.size() < 3 && !falls.isEmpty()) {
            double greatest = falls.stream().mapToDouble(Reason::change).max().orElseThrow();
            Reason next = falls.stream()
                    .filter(fall -> fall.change() == greatest)
                    .findFirst()
                    .orElseThrow();
            falls.remove(next);
            best.add(next);
        }
        return best;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void explain_viewsThatAreRounded_isTheSameOnAnyCores_andForAnyGreatestBatchFrom32On(long seed) {
        var random = new SplittableRandom(seed);
        RandomViews views = new RandomViews(random);
        ExplanationQuery query = query(views.itemCount(), random);
        try (var model = model(
                views, RandomItemItemModels.of(views.itemCount(), random), Blend.even(List.of("a", "c.rounded")))) {
            List<Explanation> expected = EngineThreads.with(1, () -> explain(model, query, BatchSizes.any(32)));

            assertThat(EngineThreads.with(2, () -> explain(model, query, BatchSizes.any(32))))
                    .isEqualTo(expected);
            assertThat(explain(model, query, BatchSizes.any(500))).isEqualTo(expected);
        }
    }

    @Test
    void explain_longHistory_isComputedInBatchSizesOfTheDevice() {
        var random = new SplittableRandom(1);
        RandomViews views = new RandomViews(random);
        int[] history = IntStream.range(0, 70).toArray();
        try (var model = model(views, RandomItemItemModels.of(views.itemCount(), random), Blend.of("a"))) {
            var query = new ExplanationQuery(new UserHistory(OptionalInt.empty(), history), new int[] {1}, 64);
            explain(model, query, BatchSizes.any(100));
            assertThat(views.batches()).containsExactly(1, 32, 32);

            views.batches().clear();
            explain(model, query, BatchSizes.few(24));
            assertThat(views.batches()).containsExactly(1, 24, 24, 16);
        }
    }

    @Test
    void explain_equalChanges_namesTheNewerItemFirst() {
        // items 0 and 1 speak for item 5 with 0.5, item 3 with 0.25, item 2 not
        ItemItemModel links = new ItemItemModel(
                new int[] {0, 1, 2, 2, 3, 3, 3}, new int[] {5, 5, 5}, new float[] {0.5f, 0.5f, 0.25f});
        RandomViews views = new RandomViews(new SplittableRandom(1));
        try (var model = model(views, links, Blend.of(BlendedRecommender.LINEAR))) {
            Explanation explanation =
                    explain(model, query(new int[] {0, 1, 2, 3}, 5, 64), SIZES).getFirst();

            // 1.25 / 4, and without 0 or 1 0.75 / 3; without 2 or 3 it rises, to 1.25 / 3 and 1 / 3
            assertThat(explanation.score()).isEqualTo(0.3125);
            assertThat(explanation.parts()).containsExactly(Map.entry(BlendedRecommender.LINEAR, 0.3125));
            assertThat(explanation.reasons()).containsExactly(new Reason(1, 0.0625), new Reason(0, 0.0625));
        }
    }

    @Test
    void explain_logarithm_isTakenOfTheSum() {
        // items 0 and 1 speak for item 5 with 0.5 and 0.25, item 2 not
        ItemItemModel links =
                new ItemItemModel(new int[] {0, 1, 2, 2, 2, 2, 2}, new int[] {5, 5}, new float[] {0.5f, 0.25f});
        RandomViews views = new RandomViews(new SplittableRandom(1));
        Blend blend = new Blend(Map.of("linear", new Blend.Part(2, Recency.NONE, Optional.of(0.125))));
        try (var model = model(views, links, blend)) {
            Explanation explanation =
                    explain(model, query(new int[] {0, 1, 2}, 5, 64), SIZES).getFirst();

            // 2 log(1 + 0.25 / 0.125); without 0 the mean is 0.125, without 1 it is 0.25
            assertThat(explanation.score()).isCloseTo(2 * Math.log(3), within(1e-12));
            assertThat(explanation.parts()).containsExactly(Map.entry("linear", explanation.score()));
            assertThat(explanation.reasons()).hasSize(1);
            assertThat(explanation.reasons().getFirst().item()).isZero();
            assertThat(explanation.reasons().getFirst().change())
                    .isCloseTo(2 * Math.log(3) - 2 * Math.log(2), within(1e-12));
        }
    }

    @Test
    void explain_historyOfOneItem_namesIt_ifItRaisesTheScore() {
        ItemItemModel links = new ItemItemModel(new int[] {0, 2, 2, 2}, new int[] {1, 2}, new float[] {0.5f, -0.5f});
        RandomViews views = new RandomViews(new SplittableRandom(1));
        try (var model = model(views, links, Blend.of(BlendedRecommender.LINEAR))) {
            assertThat(explain(model, query(new int[] {0}, 1, 64), SIZES)
                            .getFirst()
                            .reasons())
                    .containsExactly(new Reason(0, 0.5));
            assertThat(explain(model, query(new int[] {0}, 2, 64), SIZES)
                            .getFirst()
                            .reasons())
                    .isEmpty();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void explain_withoutOmissions_hasTheSameSharesAndNoReasons(long seed) {
        var random = new SplittableRandom(seed);
        RandomViews views = new RandomViews(random);
        ItemItemModel links = RandomItemItemModels.of(views.itemCount(), random);
        Blend blend = RandomBlends.of(views, Optional.of(links), random);
        try (var model = model(views, links, blend)) {
            Explanation shares =
                    explain(model, query(new int[] {0}, 1, 0), SIZES).getFirst();
            Explanation full =
                    explain(model, query(new int[] {0}, 1, 64), SIZES).getFirst();

            assertThat(shares.score()).isEqualTo(full.score());
            assertThat(shares.parts()).isEqualTo(full.parts());
            assertThat(shares.reasons()).isEmpty();
        }
    }

    @Test
    void explanationQuery_withoutHistoryOrWithNegativeOmissions_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> query(new int[0], 1, 64))
                .withMessageContaining("history is empty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> query(new int[] {1}, 1, -1))
                .withMessageContaining("maxOmissions is -1");
    }

    private BlendedRecommender model(RandomViews views, ItemItemModel links, Blend blend) {
        return new BlendedRecommender(
                views, Optional.of(links), blend, ItemSearches.scans(Precision.FLOAT32, manager), manager);
    }

    private static List<Explanation> explain(BlendedRecommender model, ExplanationQuery query, BatchSizes sizes) {
        return model.explain(query, sizes, new StageTimes());
    }

    private static double[] scores(BlendedRecommender model, UserHistory history, int... items) {
        return model.scores(List.of(history), List.of(items)).getFirst();
    }

    private static ExplanationQuery query(int[] history, int item, int maxOmissions) {
        return new ExplanationQuery(new UserHistory(OptionalInt.empty(), history), new int[] {item}, maxOmissions);
    }

    private static ExplanationQuery query(int items, SplittableRandom random) {
        int[] history = random.ints(0, items)
                .distinct()
                .limit(1 + random.nextInt(Math.min(80, items)))
                .toArray();
        int[] explained = random.ints(4, 0, items).toArray();
        return new ExplanationQuery(new UserHistory(OptionalInt.empty(), history), explained, 1 + random.nextInt(70));
    }
}
