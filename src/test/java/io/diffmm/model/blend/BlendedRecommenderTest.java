package io.diffmm.model.blend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.diffmm.engine.PyTorch.EngineThreads;
import io.diffmm.linear.ItemItemModel;
import io.diffmm.linear.RandomItemItemModels;
import io.diffmm.model.Cores;
import io.diffmm.model.Recency;
import io.diffmm.model.Recommender.RankingQuery;
import io.diffmm.model.ScoringModel;
import io.diffmm.model.ScoringModel.Scorer;
import io.diffmm.model.SettingsMapper;
import io.diffmm.model.StageTimes;
import io.diffmm.model.UserHistory;
import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.SparseScores;
import io.diffmm.ranking.TopK.TopKHeap;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.Precision;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Compares blends with the sum of the views' scores over every item.
class BlendedRecommenderTest {

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
    void recommend_anyBlend_equalsTheBruteForceList(long seed) {
        var random = new SplittableRandom(seed);
        RandomViews views = new RandomViews(random);
        Optional<ItemItemModel> links = random.nextInt(4) == 0
                ? Optional.empty()
                : Optional.of(RandomItemItemModels.of(views.itemCount(), random));
        Blend blend = RandomBlends.of(views, links, random);
        boolean rounded = blend.views().containsKey("c.rounded");
        List<RankingQuery> queries = IntStream.range(0, 1 + random.nextInt(5))
                .mapToObj(_ -> query(views.itemCount(), random))
                .toList();
        try (var model = recommender(views, links, blend, random)) {
            List<Ranking> rankings = model.recommend(queries, new StageTimes());
            for (int row = 0; row < queries.size(); row++) {
                Ranking expected = bruteForce(views, links, blend, queries.get(row));
                if (!rounded) {
                    assertThat(rankings.get(row).rows()).isEqualTo(expected.rows());
                }
                assertSameScores(
                        rankings.get(row), expected, model, queries.get(row).history());
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void recommend_viewsThatAreRounded_listsTheSameInAnyBatch(long seed) {
        var random = new SplittableRandom(seed);
        RandomViews views = new RandomViews(random);
        Blend blend = Blend.even(List.of("a", "c.rounded"));
        List<RankingQuery> queries = IntStream.range(0, 7)
                .mapToObj(_ -> query(views.itemCount(), random))
                .toList();
        try (var model = recommender(views, Optional.empty(), blend, random)) {
            List<Ranking> together = model.recommend(queries, new StageTimes());
            for (int row = 0; row < queries.size(); row++) {
                Ranking alone = model.recommend(List.of(queries.get(row)), new StageTimes())
                        .getFirst();
                assertThat(alone.rows()).isEqualTo(together.get(row).rows());
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void recommend_viewsThatAreRounded_listsTheSameOnAnyCores(long seed) {
        var random = new SplittableRandom(seed);
        RandomViews views = new RandomViews(random);
        RankingQuery query = query(views.itemCount(), random);
        try (var model = recommender(views, Optional.empty(), Blend.even(List.of("a", "c.rounded")), random)) {
            int before = views.batches().size();
            Ranking expected = EngineThreads.with(1, () -> alone(model, query, Cores.one()));
            assertThat(views.batches())
                    .as("there is nothing to be computed again")
                    .hasSize(before + 1);

            assertThat(EngineThreads.with(2, () -> alone(model, query, Cores.one()))
                            .rows())
                    .isEqualTo(expected.rows());
            assertThat(EngineThreads.with(1, () -> alone(model, query, new TwoCores()))
                            .rows())
                    .isEqualTo(expected.rows());
        }
    }

    private static Ranking alone(BlendedRecommender model, RankingQuery query, Cores cores) {
        return model.recommend(List.of(query), new StageTimes(), cores).getFirst();
    }

    /// Runs each part on two cores.
    private static final class TwoCores implements Cores {

        @Override
        public <T> List<T> all(List<Supplier<T>> parts) {
            return parts.stream().map(part -> EngineThreads.with(2, part)).toList();
        }

        @Override
        public boolean hasSpread() {
            return true;
        }
    }

    private static void assertSameScores(
            Ranking ranking, Ranking expected, BlendedRecommender model, UserHistory history) {
        double[] scores =
                model.scores(List.of(history), List.of(ranking.rows())).getFirst();
        for (int place = 0; place < expected.size(); place++) {
            assertThat(ranking.score(place)).isCloseTo(expected.score(place), within(1e-5f));
            assertThat((float) scores[place]).isCloseTo(ranking.score(place), within(1e-5f));
        }
    }

    @Test
    void with_anotherBlend_leavesTheFirstOneAlone_andIsFreedByItself() {
        var random = new SplittableRandom(3);
        RandomViews views = new RandomViews(random);
        ItemItemModel links = RandomItemItemModels.of(views.itemCount(), random);
        RankingQuery query = query(views.itemCount(), random);
        Blend first = Blend.of("a");
        try (var model = recommender(views, Optional.of(links), first, random)) {
            int arrays = manager.getManagedArrays().size();
            Ranking before = model.recommend(List.of(query), new StageTimes()).getFirst();
            try (BlendedRecommender linear = model.with(Blend.of(BlendedRecommender.LINEAR))) {
                assertThat(linear.blend().views()).containsOnlyKeys(BlendedRecommender.LINEAR);
                assertThat(linear.recommend(List.of(query), new StageTimes()).getFirst())
                        .isEqualTo(bruteForce(views, Optional.of(links), linear.blend(), query));
            }
            assertThat(views.isClosed()).isFalse();
            assertThat(manager.getManagedArrays()).hasSize(arrays);
            assertThat(model.recommend(List.of(query), new StageTimes()).getFirst())
                    .isEqualTo(before);
            assertThat(model.views()).containsExactly("a", "b", "c.rounded", "linear");
        }
        assertThat(views.isClosed()).isTrue();
    }

    @Test
    void blend_ofAnUnknownView_isRefusedByName() {
        RandomViews views = new RandomViews(new SplittableRandom(1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> recommender(views, Optional.empty(), Blend.of("linear"), new SplittableRandom(1)))
                .withMessageContaining("names the view 'linear'")
                .withMessageContaining("a, b, c.rounded");
    }

    @Test
    void blend_withALogarithm_isRefusedForProductsAndNegativeLinks() {
        RandomViews views = new RandomViews(new SplittableRandom(1));
        Optional<ItemItemModel> negative = Optional.of(links(views.itemCount(), true));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> recommender(views, negative, logarithmic("b"), new SplittableRandom(1)))
                .withMessageContaining("the view 'b' a log-offset, which only the view 'linear' may have");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> recommender(views, negative, logarithmic("linear"), new SplittableRandom(1)))
                .withMessageContaining("some of its links are negative")
                .withMessageContaining("remove log-offset");
        Optional<ItemItemModel> positive = Optional.of(links(views.itemCount(), false));
        recommender(views, positive, logarithmic("linear"), new SplittableRandom(1))
                .close();
    }

    private static ItemItemModel links(int items, boolean negative) {
        return Stream.iterate(1L, seed -> seed + 1)
                .map(seed -> RandomItemItemModels.of(items, new SplittableRandom(seed)))
                .filter(links -> links.hasNegativeLinks() == negative)
                .findFirst()
                .orElseThrow();
    }

    private static Blend logarithmic(String view) {
        return new Blend(Map.of(view, new Blend.Part(1, Recency.NONE, Optional.of(3e-4))));
    }

    @Test
    void blend_fromATree_orRefusedByName() {
        Map<String, Object> recency = Map.of("floor", 0.1, "power", 3.0);
        Map<String, Object> part = Map.of("weight", 2.5, "recency", recency);
        Blend blend = Blend.of(Map.of("views", Map.of("a", part)));

        assertThat(blend.views()).containsExactly(Map.entry("a", new Blend.Part(2.5, new Recency(0.1, 3))));
        assertThat(Blend.of(SettingsMapper.write(blend))).isEqualTo(blend);
        assertThat(SettingsMapper.write(blend)).isEqualTo(Map.of("views", Map.of("a", part)));
        assertThat(Blend.of(SettingsMapper.write(logarithmic("linear")))).isEqualTo(logarithmic("linear"));
        for (double offset : new double[] {0, -1, 1e-13, 1e13, Double.NaN}) {
            Map<String, Object> wrong = Map.of("weight", 1, "recency", recency, "log-offset", offset);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Blend.of(Map.of("views", Map.of("linear", wrong))))
                    .withMessageContaining("log-offset of a view is " + offset);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Blend.of(Map.of("views", Map.of("a", Map.of("weight", 0, "recency", recency)))))
                .withMessageContaining("weight of a view is 0.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Blend.of(Map.of("views", Map.of())))
                .withMessageContaining("no view");
    }

    private BlendedRecommender recommender(
            ScoringModel views, Optional<ItemItemModel> links, Blend blend, SplittableRandom random) {
        Precision precision = List.of(Precision.values()).get(random.nextInt(Precision.values().length));
        return new BlendedRecommender(views, links, blend, ItemSearches.scans(precision, manager), manager);
    }

    private static RankingQuery query(int items, SplittableRandom random) {
        int[] history = random.ints(0, items)
                .distinct()
                .limit(1 + random.nextInt(Math.min(5, items)))
                .toArray();
        BitSet excluded = new BitSet();
        random.ints(random.nextInt(items), 0, items).forEach(excluded::set);
        return new RankingQuery(new UserHistory(OptionalInt.empty(), history), excluded, random.nextInt(2 * items));
    }

    private static Ranking bruteForce(
            ScoringModel views, Optional<ItemItemModel> links, Blend blend, RankingQuery query) {
        double[] scores = new double[views.itemCount()];
        for (Scorer view : views.all()) {
            Optional.ofNullable(blend.views().get(view.name())).ifPresent(part -> {
                double[] user = RandomViews.vector(view.name(), query.history(), part.recency());
                SparseScores added = RandomViews.added(query.history());
                for (int item = 0; item < scores.length; item++) {
                    double product = view.items().get().product(user, item);
                    scores[item] += part.weight() * (product + added.of(item));
                }
            });
        }
        links.ifPresent(known -> Optional.ofNullable(blend.views().get(BlendedRecommender.LINEAR))
                .ifPresent(
                        part -> addLinked(scores, known, part, query.history().items())));
        var best = new TopKHeap(Math.min(query.count(), scores.length));
        for (int item = 0; item < scores.length; item++) {
            if (!query.excluded().get(item)) {
                best.offer(item, scores[item]);
            }
        }
        return best.drain();
    }

    private static void addLinked(double[] scores, ItemItemModel links, Blend.Part part, int[] history) {
        double[] linked = new double[scores.length];
        double[] weights = part.recency().weights(history.length);
        for (int at = 0; at < history.length; at++) {
            double share = weights[at] / history.length;
            links.forEach(history[at], (item, weight) -> linked[item] += share * weight);
        }
        for (int item = 0; item < scores.length; item++) {
            double score = linked[item];
            scores[item] += part.weight()
                    * part.logOffset()
                            .map(offset -> Math.log(score + offset) - Math.log(offset))
                            .orElse(score);
        }
    }
}
