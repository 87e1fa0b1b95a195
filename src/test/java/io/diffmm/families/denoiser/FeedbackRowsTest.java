package io.diffmm.families.denoiser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.Checkerboard;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.evaluation.Evaluator;
import io.diffmm.families.diffrec.DiffRecFamily;
import io.diffmm.model.Recommender.RankingQuery;
import io.diffmm.model.SettingsMapper;
import io.diffmm.model.StageTimes;
import io.diffmm.model.UserHistory;
import io.diffmm.model.blend.Blend;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.model.blend.ModelFiles;
import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.Precision;
import io.diffmm.retrieval.SearchSettings;
import io.diffmm.safetensors.Tensors;
import io.diffmm.training.TrainerFamily;
import io.diffmm.training.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Passes of a denoiser with feedback, through the family T-DiffRec.
class FeedbackRowsTest {

    private static final int USERS = 64;
    private static final int EMBEDDING = 4;
    private static final TemporalWeights TEMPORAL = new TemporalWeights(0.1, 1, 2);
    private static final float SPREAD = 4; // of the logits, so that few items have most of the softmax

    private final DiffRecFamily family = new DiffRecFamily.Temporal();
    private NDManager manager;

    @TempDir
    Path directory;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void recommend_anyModel_ranksAsTheDenseLoop(long seed) {
        World world = new World(new SplittableRandom(seed), 150);
        try (BlendedRecommender model = world.model(Precision.FLOAT32)) {
            List<Ranking> rankings = model.recommend(world.queries(), new StageTimes());
            FeedbackOracle oracle = world.oracle();
            for (int user = 0; user < USERS; user++) {
                double[] expected = oracle.scores(world.histories.get(user));
                int[] order = FeedbackOracle.order(expected);
                assertThat(rankings.get(user).rows()).as("user %d", user).isEqualTo(order);
                for (int place = 0; place < order.length; place++) {
                    assertThat((double) rankings.get(user).score(place))
                            .isCloseTo(expected[order[place]], within(1e-4));
                }
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void recommend_inAnyBatchOrderAndPrecision_isTheSameBitForBit(long seed) {
        World world = new World(new SplittableRandom(seed), 1000);
        List<Ranking> expected;
        try (BlendedRecommender model = world.model(Precision.FLOAT32)) {
            expected = model.recommend(world.queries(), new StageTimes());
        }
        List<Integer> users = new ArrayList<>(IntStream.range(0, USERS).boxed().toList());
        Collections.shuffle(users, new Random(seed));
        for (Precision precision : Precision.values()) {
            try (BlendedRecommender model = world.model(precision)) {
                List<Ranking> shuffled =
                        model.recommend(users.stream().map(world.queries()::get).toList(), new StageTimes());
                for (int at = 0; at < USERS; at++) {
                    int user = users.get(at);
                    assertThat(shuffled.get(at)).isEqualTo(expected.get(user));
                    assertThat(model.recommend(List.of(world.queries().get(user)), new StageTimes()))
                            .containsExactly(expected.get(user));
                }
            }
        }
    }

    @Test
    void recommend_overAnIndex_findsNearlyTheItemsOfScans() throws IOException {
        World world = new World(new SplittableRandom(3), 4000);
        Path weights = directory.resolve("weights.safetensors");
        Tensors.write(weights, world.weights);
        ModelFiles files = ModelFiles.of(family.name(), world.settings(), weights);
        files.index(InteractionMatrix.of(world.items, world.histories));

        assertThat(directory.resolve("index-t-diffrec.graph")).isRegularFile();
        List<RankingQuery> queries = world.queries(20);
        try (BlendedRecommender scanned = files.load(manager);
                BlendedRecommender indexed = files.load(manager, new SearchSettings(Optional.empty(), 1, 128))) {
            List<Ranking> exact = scanned.recommend(queries, new StageTimes());
            assertThat(indexed.precision()).isEqualTo("index");
            assertThat(recall(indexed.recommend(queries, new StageTimes()), exact))
                    .isGreaterThan(0.9);
            indexed.setExhaustive(true);
            assertThat(indexed.recommend(queries, new StageTimes())).isEqualTo(exact);
        }
    }

    private static double recall(List<Ranking> found, List<Ranking> expected) {
        double both = 0;
        double all = 0;
        for (int at = 0; at < found.size(); at++) {
            BitSet common = Evaluator.bits(found.get(at).rows());
            common.and(Evaluator.bits(expected.get(at).rows()));
            both += common.cardinality();
            all += expected.get(at).size();
        }
        return both / all;
    }

    @Test
    void train_withFeedback_givesTheWeightsOfOneStepBitForBit() {
        Map<String, Object> feedback = Map.of("share", 0.3, "items", 5);
        try (NDManager scope = manager.newSubManager();
                TrainingRun one = trained(Map.of("steps", 1));
                TrainingRun three = trained(Map.of("steps", 3, "feedback", feedback))) {
            NDList expected = one.state(scope);
            NDList actual = three.state(scope);
            assertThat(actual).hasSameSizeAs(expected);
            for (NDArray array : expected) {
                assertThat(actual.get(array.getName()).toByteBuffer()).isEqualTo(array.toByteBuffer());
            }
        }
    }

    private TrainingRun trained(Map<String, Object> changes) {
        Map<String, Object> diffusion = new HashMap<>(World.diffusion());
        diffusion.putAll(changes);
        Map<String, Object> tree = Map.of(
                "diffusion",
                diffusion,
                "optimisation",
                Map.of("products", "float32", "epochs", 3, "patience", 3, "interval", 1));
        return trained(TrainerFamily.named("t-diffrec"), tree);
    }

    private <S extends Record> TrainingRun trained(TrainerFamily<S> trainer, Map<String, Object> tree) {
        TrainingRun run = trainer.open(Checkerboard.unordered(), trainer.model().settings(tree), 7, manager);
        for (int epoch = 1; epoch <= 3; epoch++) {
            run.epoch(epoch, (_, _) -> {});
        }
        return run;
    }

    /// Random model and histories.
    private final class World {

        private final int items;
        private final NDList weights;
        private final Map<String, Object> diffusion = new LinkedHashMap<>(diffusion());
        private final List<int[]> histories = new ArrayList<>();

        World(SplittableRandom random, int most) {
            items = random.nextInt(most / 2, most);
            double share = random.nextDouble(0.05, 1);
            int leading = random.nextInt(1, items / 4);
            List<Integer> hidden =
                    random.ints(random.nextInt(1, 4), 3, 12).boxed().toList();
            diffusion.put("hidden", hidden);
            diffusion.put("steps", random.nextInt(2, 5));
            diffusion.put("feedback", Map.of("share", share, "items", leading));
            diffusion.put("row-sum", random.nextDouble(1, 30));
            manager.getEngine().setRandomSeed(random.nextInt());
            Denoiser denoiser = Denoiser.random(manager, items, EMBEDDING, hidden);
            denoiser.items().muli(SPREAD);
            denoiser.output().weight().muli(SPREAD);
            weights = denoiser.parameters("denoiser.");
            for (int user = 0; user < USERS; user++) {
                histories.add(history(user == 0 ? items : random.nextInt(1, 1 + items / 2), random));
            }
        }

        private int[] history(int length, SplittableRandom random) {
            List<Integer> all =
                    new ArrayList<>(IntStream.range(0, items).boxed().toList());
            Collections.shuffle(all, new Random(random.nextLong()));
            return all.stream().limit(length).mapToInt(Integer::intValue).toArray();
        }

        static Map<String, Object> diffusion() {
            return Map.ofEntries(
                    Map.entry("objective", "later-items"),
                    Map.entry("likelihood", "multinomial"),
                    Map.entry("hidden", List.of(8)),
                    Map.entry("noise-scale", 0.1),
                    Map.entry("noise-min", 1e-4),
                    Map.entry("noise-max", 0.02),
                    Map.entry("first-beta", 1e-4),
                    Map.entry("step-embedding", EMBEDDING),
                    Map.entry("dropout", 0.1),
                    Map.entry("learning-rate", 1e-2),
                    Map.entry("batch-size", 16));
        }

        Map<String, Object> settings() {
            return Map.of(
                    "temporal",
                    SettingsMapper.write(TEMPORAL),
                    "diffusion",
                    diffusion,
                    "optimisation",
                    Map.of("products", "float32", "epochs", 1, "patience", 1, "interval", 1));
        }

        BlendedRecommender model(Precision precision) {
            NDManager own = manager.newSubManager();
            NDList copies = new NDList();
            for (NDArray array : weights) {
                NDArray copy = array.duplicate();
                copy.setName(array.getName());
                copy.attach(own);
                copies.add(copy);
            }
            ItemSearches searches = ItemSearches.scans(precision, own);
            return new BlendedRecommender(
                    family.views(copies, family.settings(settings()), searches, own),
                    Optional.empty(),
                    Blend.of(family.name()),
                    searches,
                    manager);
        }

        FeedbackOracle oracle() {
            DenoiserSettings parsed = family.settings(settings()).diffusion();
            return new FeedbackOracle(weights, parsed, TEMPORAL);
        }

        List<RankingQuery> queries() {
            return queries(items);
        }

        List<RankingQuery> queries(int count) {
            return histories.stream()
                    .map(history ->
                            new RankingQuery(new UserHistory(OptionalInt.empty(), history), new BitSet(), count))
                    .toList();
        }
    }
}
