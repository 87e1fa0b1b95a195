package io.diffmm.families;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.diffmm.Checkerboard;
import io.diffmm.artifacts.Artifact.ArtifactContents;
import io.diffmm.artifacts.ArtifactDraft;
import io.diffmm.artifacts.ArtifactDraft.MemberDraft;
import io.diffmm.artifacts.ArtifactDraft.ModelDraft;
import io.diffmm.artifacts.ArtifactReader;
import io.diffmm.artifacts.ArtifactStore;
import io.diffmm.artifacts.Manifest;
import io.diffmm.artifacts.Manifest.DatasetDescription;
import io.diffmm.datasets.Dataset;
import io.diffmm.engine.PyTorch.EngineThreads;
import io.diffmm.linear.ItemItemModel;
import io.diffmm.linear.RandomItemItemModels;
import io.diffmm.model.BatchSizes;
import io.diffmm.model.Recency;
import io.diffmm.model.Recommender.ExplanationQuery;
import io.diffmm.model.Recommender.RankingQuery;
import io.diffmm.model.Recommender.SimilarityQuery;
import io.diffmm.model.ScoringModel.Scorer;
import io.diffmm.model.SettingsMapper;
import io.diffmm.model.StageTimes;
import io.diffmm.model.UserHistory;
import io.diffmm.model.blend.Blend;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.model.blend.ModelFiles;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.TopK.TopKHeap;
import io.diffmm.retrieval.SearchSettings;
import io.diffmm.runtime.LoadedModel;
import io.diffmm.training.TrainerFamily;
import io.diffmm.training.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Models of several families, each trained with several seeds, in one artifact: compared with the sum of the scores of
/// the models alone, over every item.
class SeveralSeedsTest {

    private static final Dataset DATA = Checkerboard.dataset("acoustic", "visual");
    private static final int[] ALL = IntStream.range(0, Checkerboard.ITEMS).toArray();

    /// Member of the artifact.
    ///
    /// @param suffix end of the names of its views
    /// @param alone model of that member only
    private record Trained(ModelFiles.Member member, String suffix, BlendedRecommender alone) {}

    @TempDir
    private static Path directory;

    private static final List<Trained> TRAINED = new ArrayList<>();
    private static final NDManager MANAGER = NDManager.newBaseManager(Device.cpu(), "PyTorch");

    @BeforeAll
    static void train() throws IOException {
        TRAINED.add(trained("diffmm", "hidden-items", 1));
        TRAINED.add(trained("t-diffrec", "later-items", 1));
        TRAINED.add(trained("diffmm", "hidden-items", 2));
        TRAINED.add(trained("t-diffrec", "later-items", 2));
        TRAINED.add(trained("diffmm", "hidden-items", 3));
    }

    private static Trained trained(String family, String settings, int seed) throws IOException {
        Path file = Path.of("src/test/resources/contract", family, settings + ".yaml");
        Map<String, Object> tree = new YAMLMapper().readValue(file, new TypeReference<Map<String, Object>>() {});
        Map<String, Object> own = new LinkedHashMap<>();
        ((Map<?, ?>) Objects.requireNonNull(tree.get("settings")))
                .forEach((key, value) -> own.put(String.valueOf(key), value));
        Path weights = directory.resolve("%s-seed-%d".formatted(family, seed));
        try (TrainingRun run = open(TrainerFamily.named(family), own, seed, MANAGER)) {
            run.epoch(1, (_, _) -> {});
            run.write(weights);
        }
        return new Trained(
                new ModelFiles.Member(family, own, weights),
                seed == 1 ? "" : "#" + seed,
                ModelFiles.of(family, own, weights).load(MANAGER));
    }

    @AfterAll
    static void close() {
        TRAINED.forEach(trained -> trained.alone().close());
        MANAGER.close();
    }

    private static <S extends Record> TrainingRun open(
            TrainerFamily<S> family, Map<String, Object> settings, int seed, NDManager manager) {
        return family.open(DATA, family.model().settings(settings), seed, manager);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void publishAndLoad_anyBlend_ranksAndExplainsTheSumsOverEveryItem(long seed) {
        var random = new SplittableRandom(seed);
        ItemItemModel links = RandomItemItemModels.of(Checkerboard.ITEMS, random);
        Blend blend = randomBlend(links, random);
        List<RankingQuery> queries = queries(random);
        Path version = publish(blend, links);
        try (LoadedModel model = LoadedModel.open(version, "cpu", SearchSettings.defaults())) {
            assertThat(model.recommender().blend()).isEqualTo(blend);
            List<Ranking> together = model.recommender().recommend(queries, new StageTimes());
            for (int row = 0; row < queries.size(); row++) {
                UserHistory history = queries.get(row).history();
                Map<String, double[]> expected = expectedParts(blend, links, history);
                Ranking alone = model.recommender()
                        .recommend(List.of(queries.get(row)), new StageTimes())
                        .getFirst();
                assertSame(alone, bruteForce(expected, queries.get(row)));
                assertThat(together.get(row).rows()).isEqualTo(alone.rows());
                assertExplained(model.recommender(), history, expected);
            }
        }
    }

    private static Blend randomBlend(ItemItemModel links, SplittableRandom random) {
        Map<String, Blend.Part> parts = new LinkedHashMap<>();
        List<String> views = List.of("embeddings", "denoised.acoustic", "denoised.visual", "t-diffrec");
        for (int number = 1; number <= 3; number++) {
            for (String view : views) {
                boolean exists = number < 3 || !view.equals("t-diffrec");
                if (exists && (parts.isEmpty() || random.nextInt(3) > 0)) {
                    parts.put(number == 1 ? view : view + "#" + number, part(false, random));
                }
            }
        }
        parts.put("linear", part(!links.hasNegativeLinks(), random));
        return new Blend(parts);
    }

    private static Blend.Part part(boolean log, SplittableRandom random) {
        Recency recency = random.nextBoolean() ? Recency.NONE : new Recency(random.nextDouble(), 2);
        return new Blend.Part(0.1 + random.nextDouble(), recency, log ? Optional.of(0.01) : Optional.empty());
    }

    private static List<RankingQuery> queries(SplittableRandom random) {
        return IntStream.range(0, 3)
                .mapToObj(_ -> {
                    int user = random.nextInt(Checkerboard.USERS);
                    boolean known = random.nextBoolean();
                    int[] history = known
                            ? Checkerboard.history(user)
                            : random.ints(0, Checkerboard.ITEMS)
                                    .distinct()
                                    .limit(2 + random.nextInt(4))
                                    .toArray();
                    BitSet excluded = new BitSet();
                    IntStream.of(history).forEach(excluded::set);
                    return new RankingQuery(
                            new UserHistory(known ? OptionalInt.of(user) : OptionalInt.empty(), history),
                            excluded,
                            1 + random.nextInt(30));
                })
                .toList();
    }

    /// Computes the weighted scores of every item by the name of the view without number, from the models alone.
    private static Map<String, double[]> expectedParts(Blend blend, ItemItemModel links, UserHistory history) {
        Map<String, double[]> parts = new HashMap<>();
        for (Trained trained : TRAINED) {
            for (String view : trained.alone().views()) {
                Optional.ofNullable(blend.views().get(view + trained.suffix()))
                        .ifPresent(
                                part -> add(parts, view, part.weight(), scores(trained.alone(), view, part, history)));
            }
        }
        Blend.Part linear = Optional.ofNullable(blend.views().get("linear")).orElseThrow();
        add(parts, "linear", linear.weight(), linked(linear, links, history.items()));
        return parts;
    }

    private static double[] scores(BlendedRecommender alone, String view, Blend.Part part, UserHistory history) {
        try (BlendedRecommender only = alone.with(new Blend(Map.of(view, new Blend.Part(1, part.recency()))))) {
            return EngineThreads.with(
                    1, () -> only.scores(List.of(history), List.of(ALL)).getFirst());
        }
    }

    private static double[] linked(Blend.Part part, ItemItemModel links, int[] history) {
        double[] scores = new double[Checkerboard.ITEMS];
        double[] weights = part.recency().weights(history.length);
        for (int at = 0; at < history.length; at++) {
            double share = weights[at] / history.length;
            links.forEach(history[at], (item, weight) -> scores[item] += share * weight);
        }
        return IntStream.of(ALL)
                .mapToDouble(item -> part.logOffset()
                        .map(offset -> Math.log(scores[item] + offset) - Math.log(offset))
                        .orElse(scores[item]))
                .toArray();
    }

    private static void add(Map<String, double[]> parts, String view, double weight, double[] scores) {
        double[] sum = parts.computeIfAbsent(view, _ -> new double[Checkerboard.ITEMS]);
        for (int item = 0; item < sum.length; item++) {
            sum[item] += weight * scores[item];
        }
    }

    private static Ranking bruteForce(Map<String, double[]> parts, RankingQuery query) {
        var best = new TopKHeap(Math.min(query.count(), Checkerboard.ITEMS));
        for (int item : ALL) {
            if (!query.excluded().get(item)) {
                best.offer(item, sum(parts, item));
            }
        }
        return best.drain();
    }

    private static double sum(Map<String, double[]> parts, int item) {
        return parts.values().stream().mapToDouble(scores -> scores[item]).sum();
    }

    private static void assertSame(Ranking actual, Ranking expected) {
        assertThat(actual.rows()).isEqualTo(expected.rows());
        for (int place = 0; place < expected.size(); place++) {
            assertThat(actual.score(place)).isCloseTo(expected.score(place), within(1e-4f));
        }
    }

    private static void assertExplained(BlendedRecommender model, UserHistory history, Map<String, double[]> parts) {
        List<Explanation> explanations =
                model.explain(new ExplanationQuery(history, ALL, 64), BatchSizes.any(64), new StageTimes());
        new ExplanationOracle(model, history).check(explanations);
        for (int item : ALL) {
            explanations
                    .get(item)
                    .parts()
                    .forEach((view, part) ->
                            assertThat(part).as(view).isCloseTo(expected(parts, view)[item], within(1e-4)));
        }
    }

    private static double[] expected(Map<String, double[]> parts, String view) {
        return Optional.ofNullable(parts.get(view)).orElseThrow();
    }

    @Test
    void load_namesEveryView_andEverySumOverModels() {
        Path version = publish(Blend.of("embeddings#3"), links());
        try (LoadedModel model = LoadedModel.open(version, "cpu", SearchSettings.defaults())) {
            assertThat(model.recommender().views())
                    .containsExactly(
                            "embeddings",
                            "denoised.acoustic",
                            "denoised.visual",
                            "t-diffrec",
                            "embeddings#2",
                            "denoised.acoustic#2",
                            "denoised.visual#2",
                            "t-diffrec#2",
                            "embeddings#3",
                            "denoised.acoustic#3",
                            "denoised.visual#3",
                            "linear");
            Map<String, Blend> alone = model.recommender().viewBlends();
            assertThat(alone.keySet())
                    .containsExactly(
                            "embeddings",
                            "embeddings#1",
                            "embeddings#2",
                            "embeddings#3",
                            "denoised.acoustic",
                            "denoised.acoustic#1",
                            "denoised.acoustic#2",
                            "denoised.acoustic#3",
                            "denoised.visual",
                            "denoised.visual#1",
                            "denoised.visual#2",
                            "denoised.visual#3",
                            "t-diffrec",
                            "t-diffrec#1",
                            "t-diffrec#2",
                            "linear",
                            "denoised");
            assertThat(alone)
                    .containsEntry("embeddings", Blend.even(List.of("embeddings", "embeddings#2", "embeddings#3")))
                    .containsEntry("embeddings#1", Blend.of("embeddings"))
                    .containsEntry("t-diffrec#2", Blend.of("t-diffrec#2"));
            assertThat(alone)
                    .hasEntrySatisfying(
                            "denoised", kind -> assertThat(kind.views()).hasSize(6));
            assertThat(alone.values()).doesNotHaveDuplicates();
            assertSimilarItemsOfTheFirst(model.recommender());
        }
    }

    private static void assertSimilarItemsOfTheFirst(BlendedRecommender model) {
        List<SimilarityQuery> query = List.of(new SimilarityQuery(5, 10));
        assertThat(model.similar(query, new StageTimes()))
                .isEqualTo(TRAINED.getFirst().alone().similar(query, new StageTimes()));
    }

    @Test
    void publish_severalModelsOfAFamily_writesAFileForEach_andTheNewFormat() {
        Manifest manifest =
                ArtifactReader.open(publish(Blend.of("embeddings"), links())).manifest();

        assertThat(manifest.formatVersion()).isEqualTo(3);
        assertThat(manifest.seed()).contains(1L);
        assertThat(manifest.members().stream().map(member -> member.seed().orElseThrow()))
                .containsExactly(2L, 3L, 4L, 5L);
        assertThat(manifest.files())
                .containsKeys(
                        "weights.safetensors",
                        "weights-t-diffrec.safetensors",
                        "weights-diffmm-2.safetensors",
                        "weights-t-diffrec-2.safetensors",
                        "weights-diffmm-3.safetensors");
    }

    @Test
    void scorer_names() {
        assertThat(Scorer.base("denoised.visual#12")).isEqualTo("denoised.visual");
        assertThat(Scorer.base("denoised.a#b")).isEqualTo("denoised.a#b");
        assertThat(Scorer.kind("denoised.visual#2")).isEqualTo("denoised");
        assertThat(Scorer.kind("t-diffrec#2")).isEqualTo("t-diffrec");
    }

    private static ItemItemModel links() {
        return RandomItemItemModels.of(Checkerboard.ITEMS, new SplittableRandom(1));
    }

    private static Path publish(Blend blend, ItemItemModel links) {
        AtomicLong seed = new AtomicLong();
        List<MemberDraft> members = TRAINED.stream()
                .map(Trained::member)
                .map(member -> new MemberDraft(
                        member.family(),
                        member.settings(),
                        Optional.of(seed.incrementAndGet()),
                        file -> Files.copy(member.weights(), file)))
                .toList();
        var contents = new ArtifactContents(DATA.users(), DATA.items(), DATA.train(), DATA.times(), List.of());
        return new ArtifactStore(directory.resolve("artifacts"))
                .publish(new ArtifactDraft(
                        "board",
                        new ModelDraft(members, SettingsMapper.write(blend), Optional.of(links::write)),
                        new DatasetDescription("board", Checkerboard.USERS, Checkerboard.ITEMS, 0),
                        Map.of(),
                        Optional.empty(),
                        contents,
                        Map.of()));
    }
}
