package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.diffmm.Checkerboard;
import io.diffmm.datasets.Dataset;
import io.diffmm.evaluation.Evaluator;
import io.diffmm.model.ModelFamily;
import io.diffmm.model.Recommender;
import io.diffmm.model.UserHistory;
import io.diffmm.ranking.TopK;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
    void score_ofTrainedUsers_ranksTheUnseenItemsOfTheirColourFirst() {
        try (TrainingRun run = trained();
                Recommender model = run.recommender()) {
            int right = 0;
            int all = 0;
            for (int user = 0; user < Checkerboard.USERS; user++) {
                int[] unseen = Checkerboard.unseen(user);
                for (int item : best(model, known(user), unseen.length)) {
                    right += Checkerboard.matches(user, item) ? 1 : 0;
                    all++;
                }
            }
            assertThat((double) right / all).isGreaterThan(0.95);
        }
    }

    @Test
    void score_ofSomebodyUnknown_ranksByTheHistoryAlone() {
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
    void score_aloneOrInABatch_isTheSame() {
        try (TrainingRun run = trained();
                Recommender model = run.recommender()) {
            List<UserHistory> all = IntStream.range(0, Checkerboard.USERS)
                    .mapToObj(RecommenderContract::known)
                    .toList();
            List<float[]> together = model.score(all);
            for (int user = 0; user < all.size(); user++) {
                float[] alone = model.score(all.subList(user, user + 1)).getFirst();
                assertThat(alone).containsExactly(together.get(user));
                assertThat(TopK.best(alone, Evaluator.bits(all.get(user).items()), 10))
                        .containsExactly(TopK.best(
                                together.get(user), Evaluator.bits(all.get(user).items()), 10));
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
                assertThat(a.score(List.of(known(user))).getFirst())
                        .containsExactly(b.score(List.of(known(user))).getFirst());
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
                assertThat(b.score(List.of(known(0))).getFirst())
                        .containsExactly(a.score(List.of(known(0))).getFirst());
            }
        }
    }

    @Test
    void write_thenLoad_changesNothing() throws IOException {
        Path weights = directory.resolve("weights.safetensors");
        try (TrainingRun run = trained(2);
                Recommender before = run.recommender()) {
            run.write(weights);
            try (Recommender after = ModelFamily.named(family()).load(weights, settings(), manager)) {
                assertThat(after.itemCount()).isEqualTo(Checkerboard.ITEMS);
                for (int user = 0; user < Checkerboard.USERS; user++) {
                    assertSameScores(
                            after.score(List.of(known(user))).getFirst(),
                            before.score(List.of(known(user))).getFirst());
                }
                assertSameScores(after.similar(3), before.similar(3));
            }
        }
    }

    @Test
    void similar_ranksItemsOfTheSameColourFirst_andTheItemItselfHighest() {
        try (TrainingRun run = trained();
                Recommender model = run.recommender()) {
            float[] likeness = model.similar(5);
            assertThat(likeness[5]).isCloseTo(1, within(1e-4f));
            int[] best = TopK.best(likeness, Evaluator.bits(new int[] {5}), 6);
            assertThat(Arrays.stream(best).filter(item -> item % 2 == 1).count())
                    .isGreaterThanOrEqualTo(5);
        }
    }

    @Test
    void scoring_leavesNoNativeArrayBehind() {
        try (TrainingRun run = trained(1);
                Recommender model = run.recommender()) {
            model.score(List.of(known(0), known(1)));
            model.similar(1);
            int before = manager.getManagedArrays().size();
            for (int round = 0; round < 20; round++) {
                model.score(List.of(known(round)));
                model.similar(round);
            }
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

    private static UserHistory known(int user) {
        return new UserHistory(OptionalInt.of(user), Checkerboard.history(user));
    }

    private static int[] best(Recommender model, UserHistory history, int count) {
        return TopK.best(model.score(List.of(history)).getFirst(), Evaluator.bits(history.items()), count);
    }

    private static void assertSameScores(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int item = 0; item < expected.length; item++) {
            assertThat(actual[item]).isCloseTo(expected[item], within(1e-5f));
        }
    }
}
