package io.diffmm.families.denoiser;

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
import io.diffmm.families.denoiser.DenoiserSettings.Initialisation;
import io.diffmm.families.denoiser.Optimisation.ProductType;
import io.diffmm.families.diffmm.DiffMm;
import io.diffmm.families.diffmm.DiffMmSettings;
import io.diffmm.families.diffmm.RecommendationForm.FeatureMapKind;
import io.diffmm.families.diffmm.SettingsFixture;
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

/// Rankings of a denoiser trained on hidden items, through the whole reverse diffusion.
class DenoiserTrainerTest {

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
    @EnumSource(Initialisation.class)
    void epoch_afterMany_denoisedRowsRankUnseenItemsFirst(Initialisation start) {
        DiffMmSettings settings = settings(start);
        try (DiffMm model = new DiffMm(manager, settings, dataset.train(), dataset.features())) {
            if (start == Initialisation.SPECTRAL) {
                SpectralInitialisation.set(model.denoisers(), dataset.train(), manager);
            }
            var trainer = new DenoiserTrainer.HiddenItems(manager, task(model, settings.diffusion(), dataset.train()));
            var random = new SplittableRandom(5);
            int[] users = IntStream.range(0, Checkerboard.USERS).toArray();

            for (int epoch = 0; epoch < EPOCHS; epoch++) {
                trainer.epoch(users, random, (_, loss) -> assertThat(loss).isFinite());
            }

            for (int user : users) {
                int[] unseen = Checkerboard.unseen(user);
                assertThat(best(model, settings.diffusion(), Checkerboard.history(user), unseen.length))
                        .as("user %d", user)
                        .containsExactlyInAnyOrder(unseen);
            }
        }
    }

    @Test
    void epoch_usersOfOneItem_areLeftOut() {
        InteractionMatrix histories =
                InteractionMatrix.of(Checkerboard.ITEMS, List.of(new int[] {1}, new int[0], new int[] {2}));
        DiffMmSettings settings = settings(Initialisation.RANDOM);
        try (DiffMm model = new DiffMm(manager, settings, histories, dataset.features())) {
            var trainer = new DenoiserTrainer.HiddenItems(manager, task(model, settings.diffusion(), histories));

            trainer.epoch(new int[] {0, 1, 2}, new SplittableRandom(5), (_, _) -> {
                throw new AssertionError("no history can be split");
            });

            assertThat(trainer.stepsPerEpoch()).isZero();
        }
    }

    private static DiffMmSettings settings(Initialisation start) {
        return SettingsFixture.hiddenItems(SettingsFixture.small(1, 1, FeatureMapKind.LINEAR), start);
    }

    private static DenoiserTask task(DiffMm model, DenoiserSettings settings, InteractionMatrix histories) {
        return new DenoiserTask(
                "denoiser.visual",
                model.denoisers().getFirst(),
                histories,
                rows(settings),
                settings,
                ProductType.FLOAT32,
                Optional.empty());
    }

    private static HistoryRows rows(DenoiserSettings settings) {
        return HistoryRows.of(Checkerboard.ITEMS, settings, TemporalWeights.NONE);
    }

    private int[] best(DiffMm model, DenoiserSettings settings, int[] history, int count) {
        Denoiser denoiser = model.denoisers().getFirst();
        try (NDManager scope = manager.newSubManager();
                var diffusion = new HiddenReverseDiffusion(scope, denoiser, settings.schedule(), Prediction.CLEAN)) {
            float[] denoised = diffusion
                    .denoised(rows(settings).of(List.of(history)), denoiser.output(), scope)
                    .toFloatArray();
            return TopK.best(denoised, Evaluator.bits(history), count);
        }
    }
}
