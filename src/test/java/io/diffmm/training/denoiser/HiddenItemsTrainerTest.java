package io.diffmm.training.denoiser;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.diffmm.Checkerboard;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.diffusion.HiddenReverseDiffusion;
import io.diffmm.diffusion.Prediction;
import io.diffmm.evaluation.Evaluator;
import io.diffmm.model.Products;
import io.diffmm.model.denoiser.HistoryRows;
import io.diffmm.model.denoiser.Start;
import io.diffmm.model.denoiser.TemporalWeights;
import io.diffmm.model.diffmm.DiffMm;
import io.diffmm.model.diffmm.DiffMmSettings;
import io.diffmm.model.diffmm.FeatureMapKind;
import io.diffmm.model.diffmm.SettingsFixture;
import io.diffmm.ranking.TopK;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a denoiser that was asked for hidden items ranks on its own, through the whole reverse diffusion.
class HiddenItemsTrainerTest {

    private static final int EPOCHS = 40;

    private final Dataset dataset = Checkerboard.dataset("visual");
    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
        manager.getEngine().setRandomSeed(3);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @EnumSource(Start.class)
    void epoch_afterMany_denoisedRowsRankWhatTheUserDidNotSee(Start start) {
        try (DiffMm model = model(start, dataset.train())) {
            if (start == Start.SPECTRAL) {
                SpectralStart.set(model.denoisers(), model.histories(), manager);
            }
            var trainer = new HiddenItemsTrainer(manager, task(model));
            var random = new SplittableRandom(5);
            int[] users = IntStream.range(0, Checkerboard.USERS).toArray();

            for (int epoch = 0; epoch < EPOCHS; epoch++) {
                trainer.epoch(users, random, (_, loss) -> assertThat(loss).isFinite());
            }

            for (int user : users) {
                int[] unseen = Checkerboard.unseen(user);
                assertThat(best(model, Checkerboard.history(user), unseen.length))
                        .as("user %d", user)
                        .containsExactlyInAnyOrder(unseen);
            }
        }
    }

    @Test
    void epoch_usersOfOneItem_areLeftOut() {
        InteractionMatrix histories =
                InteractionMatrix.of(Checkerboard.ITEMS, List.of(new int[] {1}, new int[0], new int[] {2}));
        try (DiffMm model = model(Start.RANDOM, histories)) {
            var trainer = new HiddenItemsTrainer(manager, task(model));

            trainer.epoch(new int[] {0, 1, 2}, new SplittableRandom(5), (_, _) -> {
                throw new AssertionError("there is nothing to hide");
            });

            assertThat(trainer.stepsPerEpoch()).isZero();
        }
    }

    private DiffMm model(Start start, InteractionMatrix histories) {
        DiffMmSettings settings =
                SettingsFixture.hiddenItems(SettingsFixture.small(1, 1, FeatureMapKind.LINEAR), start);
        return new DiffMm(manager, settings, histories, dataset.features());
    }

    private static DenoiserTask task(DiffMm model) {
        return new DenoiserTask(
                "denoiser.visual",
                model.denoiser(0),
                model.histories(),
                rows(model),
                model.settings().diffusion(),
                Products.FLOAT32,
                Optional.empty());
    }

    private static HistoryRows rows(DiffMm model) {
        return HistoryRows.of(Checkerboard.ITEMS, model.settings().diffusion(), TemporalWeights.NONE);
    }

    private int[] best(DiffMm model, int[] history, int count) {
        Denoiser denoiser = model.denoiser(0);
        var schedule = model.settings().diffusion().schedule();
        try (NDManager scope = manager.newSubManager();
                var diffusion = new HiddenReverseDiffusion(scope, denoiser, schedule, Prediction.CLEAN)) {
            float[] denoised = diffusion
                    .denoised(rows(model).of(List.of(history)), denoiser.output(), scope)
                    .toFloatArray();
            return TopK.best(denoised, Evaluator.bits(history), count);
        }
    }
}
