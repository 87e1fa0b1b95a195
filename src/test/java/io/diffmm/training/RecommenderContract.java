package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.diffmm.Checkerboard;
import io.diffmm.datasets.Dataset;
import io.diffmm.evaluation.Evaluator;
import io.diffmm.model.BatchSizes;
import io.diffmm.model.ExplanationQuery;
import io.diffmm.model.RankingQuery;
import io.diffmm.model.Recommender;
import io.diffmm.model.SimilarityQuery;
import io.diffmm.model.StageTimes;
import io.diffmm.model.UserHistory;
import io.diffmm.model.blend.Blend;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.model.blend.ModelFiles;
import io.diffmm.model.blend.ViewBlends;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.Precision;
import io.diffmm.retrieval.SearchSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What every family of models promises, on a small matrix whose right answer is known.
abstract class RecommenderContract {

    private static final long SEED = 11;

    @TempDir
    Path directory;

    private NDManager manager;

    /// The family's name.
    abstract String family();

    /// Settings of a model that learns the checkerboard within a few seconds.
    abstract Map<String, Object> settings();

    /// The checkerboard, with the features that the family needs.
    Dataset dataset() {
        return Checkerboard.dataset("acoustic", "visual");
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
    void recommend_toSomebodyUnknown_ranksByTheHistoryAlone() {
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
                    .mapToObj(RecommenderContract::known)
                    .toList();
            List<Ranking> together = model.recommend(all, new StageTimes());
            for (int user = 0; user < all.size(); user++) {
                Ranking alone = rank(model, all.get(user));
                assertSameRanking(alone, together.get(user));
            }
        }
    }

    @Test
    void everyView_ofAnybody_aloneOrInABatch_isTheSameList() {
        try (TrainingRun run = trained(2);
                BlendedRecommender model = run.recommender()) {
            List<RankingQuery> all = IntStream.range(0, Checkerboard.USERS)
                    .mapToObj(user -> new UserHistory(
                            user % 2 == 0 ? OptionalInt.of(user) : OptionalInt.empty(), Checkerboard.history(user)))
                    .map(history -> new RankingQuery(history, new BitSet(), Checkerboard.ITEMS))
                    .toList();
            for (Blend blend : ViewBlends.of(model).values()) {
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
    void explain_anybody_partsSumToTheScore_andChangesAreThoseOfShorterHistories() {
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

    /// What every item's score rests on.
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
    void restore_afterAnInterruption_trainsOnAsIfNothingHadHappened() {
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
            var files = ModelFiles.of(family(), settings(), weights);
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
        try (TrainingRun run = trained();
                Recommender model = run.recommender()) {
            int[] best = similar(model, 5, 6).rows();
            assertThat(best).hasSize(6).doesNotContain(5);
            assertThat(Arrays.stream(best).filter(item -> item % 2 == 1).count())
                    .isGreaterThanOrEqualTo(5);
        }
        assertSimilarItemsWithoutTheItemItself();
    }

    final void assertSimilarItemsWithoutTheItemItself() {
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
        return TrainerFamily.named(family()).open(dataset(), settings(), SEED, manager);
    }

    private TrainingRun trained() {
        return trained(TrainerFamily.named(family()).schedule(settings()).epochs());
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

    /// What a query has alone and in a batch: the same to the last bit.
    void assertSameRanking(Ranking alone, Ranking together) {
        assertThat(alone).isEqualTo(together);
    }

    static void assertSameScores(Ranking actual, Ranking expected) {
        assertThat(actual.size()).isEqualTo(expected.size());
        for (int place = 0; place < expected.size(); place++) {
            assertThat(actual.score(place)).isCloseTo(expected.score(place), within(1e-5f));
        }
    }
}
