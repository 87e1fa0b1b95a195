package io.diffmm.families;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.diffmm.Checkerboard;
import io.diffmm.datasets.Dataset;
import io.diffmm.evaluation.Evaluator;
import io.diffmm.model.BatchSizes;
import io.diffmm.model.Recommender;
import io.diffmm.model.Recommender.ExplanationQuery;
import io.diffmm.model.Recommender.RankingQuery;
import io.diffmm.model.Recommender.SimilarityQuery;
import io.diffmm.model.StageTimes;
import io.diffmm.model.UserHistory;
import io.diffmm.model.blend.Blend;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.model.blend.ModelFiles;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.Precision;
import io.diffmm.retrieval.SearchSettings;
import io.diffmm.training.TrainerFamily;
import io.diffmm.training.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Contract of every family of models, on a small matrix with a known right answer.
///
/// Runs for each registered family, with the settings of each file `contract/<family>/*.yaml` of the test resources:
/// models that learn the checkerboard within a few seconds.
@ParameterizedClass(name = "{0}")
@MethodSource("cases")
class FamilyContractTest {

    private static final Path CASES = Path.of("src/test/resources/contract");
    private static final long SEED = 11;

    /// Contents of a file.
    ///
    /// @param features modalities of the checkerboard
    /// @param order `random` for histories in an order of their own, without features
    /// @param scores `exact` if scores alone and in a batch are equal bit for bit; otherwise the last digits may
    /// differ
    /// @param similarity whether similar items are those of the same colour
    private record Settings(
            List<String> features, String order, String scores, boolean similarity, Map<String, Object> settings) {

        static Settings read(Path file) {
            Map<String, Object> tree = new LinkedHashMap<>(
                    Map.of("features", List.of(), "order", "by item", "scores", "rounded", "similarity", true));
            YAMLMapper mapper = new YAMLMapper();
            tree.putAll(mapper.readValue(file, new TypeReference<Map<String, Object>>() {}));
            return mapper.convertValue(tree, Settings.class);
        }

        Dataset dataset() {
            return order.equals("random")
                    ? Checkerboard.unordered()
                    : Checkerboard.dataset(features.toArray(String[]::new));
        }
    }

    static Stream<Arguments> cases() throws IOException {
        List<Arguments> cases = new ArrayList<>();
        for (TrainerFamily<?> family : TrainerFamily.all()) {
            try (Stream<Path> files = Files.list(CASES.resolve(family.name()))) {
                files.sorted()
                        .forEach(file -> cases.add(
                                Arguments.of("%s, %s".formatted(family.name(), file.getFileName()), family, file)));
            }
        }
        return cases.stream();
    }

    private final TrainerFamily<?> family;
    private final Settings settings;

    @TempDir
    Path directory;

    private NDManager manager;

    FamilyContractTest(String name, TrainerFamily<?> family, Path file) {
        assertThat(name).isNotEmpty();
        this.family = family;
        this.settings = Settings.read(file);
    }

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void recommend_toTrainedUsers_ranksTheUnseenItemsOfTheirColourFirst() {
        try (TrainingRun run = trained();
                Recommender model = run.recommender()) {
            int right = 0;
            int all = 0;
            for (int user = 0; user < Checkerboard.USERS; user++) {
                int[] unseen = Checkerboard.unseen(user);
                for (int item : best(model, known(user).history(), unseen.length)) {
                    right += Checkerboard.matches(user, item) ? 1 : 0;
                    all++;
                }
            }
            assertThat((double) right / all).isGreaterThan(0.95);
        }
    }

    @Test
    void recommend_toAnUnknownUser_ranksByTheHistoryAlone() {
        try (TrainingRun run = trained();
                Recommender model = run.recommender()) {
            for (int colour = 0; colour < 2; colour++) {
                int[] history = {colour, colour + 4, colour + 8};
                int[] best = best(model, new UserHistory(OptionalInt.empty(), history), 4);
                int user = colour;
                assertThat(Arrays.stream(best)).allMatch(item -> Checkerboard.matches(user, item));
            }
        }
    }

    @Test
    void recommend_aloneOrInABatch_isTheSame() {
        try (TrainingRun run = trained();
                Recommender model = run.recommender()) {
            List<RankingQuery> all = IntStream.range(0, Checkerboard.USERS)
                    .mapToObj(FamilyContractTest::known)
                    .toList();
            List<Ranking> together = model.recommend(all, new StageTimes());
            for (int user = 0; user < all.size(); user++) {
                Ranking alone = rank(model, all.get(user));
                assertSameRanking(alone, together.get(user));
            }
        }
    }

    @Test
    void everyView_ofAnyUser_aloneOrInABatch_isTheSameList() {
        try (TrainingRun run = trained(2);
                BlendedRecommender model = run.recommender()) {
            List<RankingQuery> all = IntStream.range(0, Checkerboard.USERS)
                    .mapToObj(user -> new UserHistory(
                            user % 2 == 0 ? OptionalInt.of(user) : OptionalInt.empty(), Checkerboard.history(user)))
                    .map(history -> new RankingQuery(history, new BitSet(), Checkerboard.ITEMS))
                    .toList();
            for (Blend blend : model.viewBlends().values()) {
                try (BlendedRecommender view = model.with(blend)) {
                    List<Ranking> together = view.recommend(all, new StageTimes());
                    for (int user = 0; user < all.size(); user++) {
                        Ranking alone = rank(view, all.get(user));
                        assertThat(alone.rows()).isEqualTo(together.get(user).rows());
                        assertSameScores(alone, together.get(user));
                    }
                }
            }
        }
    }

    @Test
    void explain_anyUser_partsSumToTheScore_andChangesAreThoseOfShorterHistories() {
        try (TrainingRun run = trained(2);
                BlendedRecommender first = run.recommender();
                BlendedRecommender model = first.with(Blend.even(first.views()))) {
            for (int user = 0; user < 4; user++) {
                UserHistory history = new UserHistory(
                        user < 2 ? OptionalInt.of(user) : OptionalInt.empty(), Checkerboard.history(user));

                new ExplanationOracle(model, history).check(explain(model, history));
            }
        }
    }

    /// Explains the scores of all items.
    private static List<Explanation> explain(Recommender model, UserHistory history) {
        int[] all = IntStream.range(0, Checkerboard.ITEMS).toArray();
        var query = new ExplanationQuery(history, all, Checkerboard.ITEMS);
        return model.explain(query, BatchSizes.any(3), new StageTimes());
    }

    @Test
    void recommend_excludedItems_areNotRanked_andTheListIsFull() {
        try (TrainingRun run = trained(1);
                Recommender model = run.recommender()) {
            for (int user = 0; user < Checkerboard.USERS; user++) {
                BitSet seen = Evaluator.bits(Checkerboard.history(user));
                UserHistory history = new UserHistory(OptionalInt.of(user), Checkerboard.history(user));
                Ranking all = rank(model, new RankingQuery(history, seen, Checkerboard.ITEMS));
                assertThat(all.size()).isEqualTo(Checkerboard.ITEMS - seen.cardinality());
                assertThat(Evaluator.bits(all.rows()).intersects(seen)).isFalse();
                Ranking some = rank(model, new RankingQuery(history, seen, 3));
                assertThat(some.rows()).containsExactly(Arrays.copyOf(all.rows(), 3));
            }
        }
    }

    @Test
    void train_sameSeed_givesTheSameScoresBitForBit() {
        try (TrainingRun first = trained(1);
                TrainingRun second = trained(1);
                Recommender a = first.recommender();
                Recommender b = second.recommender()) {
            for (int user = 0; user < Checkerboard.USERS; user++) {
                assertThat(rank(a, known(user))).isEqualTo(rank(b, known(user)));
            }
        }
    }

    @Test
    void restore_afterAnInterruption_trainsOnWithTheSameResults() {
        try (TrainingRun straight = trained(3);
                TrainingRun interrupted = trained(2);
                TrainingRun resumed = newRun();
                NDManager scope = manager.newSubManager()) {
            resumed.restore(interrupted.state(scope));
            resumed.epoch(3, (_, _) -> {});
            try (Recommender a = straight.recommender();
                    Recommender b = resumed.recommender()) {
                assertThat(rank(b, known(0))).isEqualTo(rank(a, known(0)));
            }
        }
    }

    @Test
    void write_thenLoad_changesNothing() throws IOException {
        Path weights = directory.resolve("weights.safetensors");
        try (TrainingRun run = trained(2);
                Recommender before = run.recommender()) {
            run.write(weights);
            var files = ModelFiles.of(family.name(), settings.settings(), weights);
            try (Recommender after = files.load(manager, SearchSettings.scans(Optional.of(Precision.INT8)))) {
                assertThat(after.itemCount()).isEqualTo(Checkerboard.ITEMS);
                for (int user = 0; user < Checkerboard.USERS; user++) {
                    assertSameScores(rank(after, known(user)), rank(before, known(user)));
                }
                assertSameScores(similar(after, 3, Checkerboard.ITEMS), similar(before, 3, Checkerboard.ITEMS));
            }
        }
    }

    @Test
    void similar_ranksItemsOfTheSameColourFirst_withoutTheItemItself() {
        try (TrainingRun run = settings.similarity() ? trained() : trained(1);
                Recommender model = run.recommender()) {
            int[] best = similar(model, 5, 6).rows();
            assertThat(best).hasSize(6).doesNotContain(5);
            if (settings.similarity()) {
                assertThat(Arrays.stream(best).filter(item -> item % 2 == 1).count())
                        .isGreaterThanOrEqualTo(5);
            }
        }
    }

    @Test
    void similar_allItems_isEveryOtherItemOnce() {
        try (TrainingRun run = trained(1);
                Recommender model = run.recommender()) {
            int[] all = similar(model, 5, Checkerboard.ITEMS).rows();
            assertThat(all).hasSize(Checkerboard.ITEMS - 1).doesNotContain(5).doesNotHaveDuplicates();
        }
    }

    private static Ranking similar(Recommender model, int item, int count) {
        return model.similar(List.of(new SimilarityQuery(item, count)), new StageTimes())
                .getFirst();
    }

    @Test
    void scoring_leavesNoNativeArrayBehind() {
        try (TrainingRun run = trained(1);
                Recommender model = run.recommender()) {
            rank(model, known(0));
            similar(model, 1, 5);
            explain(model, known(0).history());
            int before = manager.getManagedArrays().size();
            for (int round = 0; round < 20; round++) {
                rank(model, known(round));
                similar(model, round, 5);
            }
            explain(model, known(1).history());
            assertThat(manager.getManagedArrays()).hasSize(before);
        }
    }

    @Test
    void training_leavesNoNativeArrayBehindAnEpoch() {
        try (TrainingRun run = trained(1)) {
            run.recommender().close();
            int before = manager.getManagedArrays().size();
            run.epoch(2, (_, _) -> {});
            run.recommender().close();
            assertThat(manager.getManagedArrays()).hasSize(before);
        }
    }

    @Test
    void epoch_reportsEveryStep() {
        int[] steps = {0};
        try (TrainingRun run = newRun()) {
            run.epoch(1, (_, loss) -> {
                assertThat(loss).isFinite();
                steps[0]++;
            });
            assertThat(steps[0]).isEqualTo(run.stepsPerEpoch());
        }
    }

    private TrainingRun newRun() {
        return open(family);
    }

    private <S extends Record> TrainingRun open(TrainerFamily<S> trainer) {
        return trainer.open(settings.dataset(), trainer.model().settings(settings.settings()), SEED, manager);
    }

    private TrainingRun trained() {
        return trained(epochs(family));
    }

    private <S extends Record> int epochs(TrainerFamily<S> trainer) {
        return trainer.schedule(trainer.model().settings(settings.settings())).epochs();
    }

    private TrainingRun trained(int epochs) {
        TrainingRun run = newRun();
        for (int epoch = 1; epoch <= epochs; epoch++) {
            run.epoch(epoch, (_, _) -> {});
        }
        return run;
    }

    /// The ranking of every item for a trained user.
    private static RankingQuery known(int user) {
        var history = new UserHistory(OptionalInt.of(user), Checkerboard.history(user));
        return new RankingQuery(history, new BitSet(), Checkerboard.ITEMS);
    }

    private static Ranking rank(Recommender model, RankingQuery query) {
        return model.recommend(List.of(query), new StageTimes()).getFirst();
    }

    private static int[] best(Recommender model, UserHistory history, int count) {
        return rank(model, new RankingQuery(history, Evaluator.bits(history.items()), count))
                .rows();
    }

    /// Compares the rankings of a query alone and in a batch.
    private void assertSameRanking(Ranking alone, Ranking together) {
        if (settings.scores().equals("exact")) {
            assertThat(alone).isEqualTo(together);
        } else {
            assertThat(alone.rows()).isEqualTo(together.rows());
            assertSameScores(alone, together);
        }
    }

    private static void assertSameScores(Ranking actual, Ranking expected) {
        assertThat(actual.size()).isEqualTo(expected.size());
        for (int place = 0; place < expected.size(); place++) {
            assertThat(actual.score(place)).isCloseTo(expected.score(place), within(1e-5f));
        }
    }
}
