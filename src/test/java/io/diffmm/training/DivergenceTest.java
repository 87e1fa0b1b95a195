package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.reading.DatasetReader;
import io.diffmm.datasets.reading.DatasetSource;
import io.diffmm.demo.DemoDataset;
import io.diffmm.demo.DemoDataset.DemoSettings;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.ranking.TopK;
import io.diffmm.training.AdamOptimiser.TrainingDivergedException;
import io.diffmm.training.TrainingRequest.GateSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs whose losses or weights leave their range.
class DivergenceTest {

    @TempDir
    Path directory;

    private Path data;

    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");

    @BeforeEach
    void generate() throws IOException {
        data = directory.resolve("data");
        DemoDataset.generate(new DemoSettings(40, 60, 7), data);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource({
        "diffrec, demo, diffusion.learning-rate, diffusion.learning-rate",
        "t-diffrec, demo, diffusion.learning-rate, diffusion.learning-rate",
        "l-diffrec, demo, diffusion.learning-rate, diffusion.learning-rate and latent.learning-rate",
        "l-diffrec, demo, latent.learning-rate, diffusion.learning-rate and latent.learning-rate",
        "diffmm, demo, diffusion.learning-rate, diffusion.learning-rate",
        "diffmm, bridge, recommendation.bridge.learning-rate, recommendation.bridge.learning-rate",
        "diffmm, paper, diffusion.learning-rate, diffusion.learning-rate",
        "diffmm, paper, optimisation.learning-rate, optimisation.learning-rate",
        "mf-bpr, tiktok, optimisation.learning-rate, optimisation.learning-rate",
    })
    void run_learningRateTooHigh_stopsWithReason_andPublishesNothing(
            String family, String preset, String setting, String remedy) throws IOException {
        assertThatThrownBy(() -> train(family, preset, setting, 1e3))
                .isInstanceOf(TrainingDivergedException.class)
                .hasMessageStartingWith("training stopped: ")
                .hasMessageContaining("lower ")
                .hasMessageContaining(remedy)
                .hasMessageEndingWith(", then train again");

        assertThat(directory.resolve("artifacts/data/current")).doesNotExist();
        assertThat(directory.resolve("artifacts/data/unpublished")).doesNotExist();
    }

    /// With few users the cosines of any weights can be fitted, so that the loss falls at every
    /// learning rate.
    @Test
    void run_learningRateTooHighForCosines_stopsWithReason() throws IOException {
        data = directory.resolve("larger");
        DemoDataset.generate(new DemoSettings(300, 150, 3), data);

        assertThatThrownBy(() -> train("diffmm", "demo", "optimisation.learning-rate", 1e3))
                .isInstanceOf(TrainingDivergedException.class)
                .hasMessageContaining("the recommendation loss rose from")
                .hasMessageEndingWith("in epoch 4; lower optimisation.learning-rate, then train again");
    }

    private static String settings(String preset, String setting, double rate) {
        int dot = setting.indexOf('.');
        return "{preset: %s, %s: {%s: %s}}"
                .formatted(preset, setting.substring(0, dot), setting.substring(dot + 1), rate);
    }

    /// Returns settings of the form `history` with a bridge.
    private static String bridge(double rate) {
        return """
                preset: demo
                recommendation:
                  bridge: {steps: 2, noise: 0.3, hidden: 8, temperature: 0.3, learning-rate: %s, weight-decay: 0,
                    batch-size: 16, from: 2, averaging: 0.5}
                """.formatted(rate);
    }

    private void train(String family, String preset, String setting, double rate) throws IOException {
        Path config = Files.writeString(
                directory.resolve("settings.yaml"),
                preset.equals("bridge") ? bridge(rate) : settings(preset, setting, rate));
        var request = new TrainingRequest(
                DatasetSource.of(data),
                family,
                directory.resolve("artifacts"),
                Optional.empty(),
                OptionalInt.of(8),
                1,
                Optional.of(config.toString()),
                "cpu",
                false,
                1_000,
                new GateSettings(1, true),
                1,
                List.of(),
                Optional.empty());
        var out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        new TrainingJob(request, out, new StopSignal(), false).run();
    }

    @Test
    void stages_ofEveryFamily_nameExistingSettings() {
        var dataset = DatasetReader.read(DatasetSource.of(data));
        for (TrainerFamily<?> family : TrainerFamily.all()) {
            JobSettings settings = JobSettings.read(Optional.of(family.presets().getLast()), family);
            try (TrainingRun run = settings.open(dataset, 1, manager)) {
                assertThat(run.stages())
                        .isNotEmpty()
                        .allSatisfy(stage -> assertThat(stage.learningRates())
                                .isNotEmpty()
                                .allSatisfy(path -> assertThat(setting(settings.tree(), path))
                                        .isInstanceOf(Number.class)));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    void epochs_ofEveryPreset_doNotStop(long seed) {
        var dataset = DatasetReader.read(DatasetSource.of(data));
        for (TrainerFamily<?> family : TrainerFamily.all()) {
            for (String preset : family.presets()) {
                try (TrainingRun run =
                        JobSettings.read(Optional.of(preset), family).open(dataset, seed, manager)) {
                    assertThatCode(() -> train(run, 5))
                            .as("%s, preset %s", family.name(), preset)
                            .doesNotThrowAnyException();
                }
            }
        }
    }

    private void train(TrainingRun run, int epochs) {
        DivergenceGuard guard = new DivergenceGuard(run, manager);
        List<Map<String, Double>> before = new ArrayList<>();
        for (int epoch = 1; epoch <= epochs; epoch++) {
            Map<String, DoubleSummaryStatistics> losses = new HashMap<>();
            guard.train(
                    epoch,
                    (stage, loss) -> losses.computeIfAbsent(stage, _ -> new DoubleSummaryStatistics())
                            .accept(loss));
            Map<String, Double> means = new HashMap<>();
            losses.forEach((stage, values) -> means.put(stage, values.getAverage()));
            guard.requireNoGrowth(before, means);
            before.add(means);
        }
    }

    private static Object setting(Object tree, String path) {
        Object found = tree;
        for (String name : List.of(path.split("\\.", -1))) {
            found = Objects.requireNonNull(((Map<?, ?>) found).get(name));
        }
        return found;
    }

    @Test
    void meanLoss_moreThanTenTimesThatOfFirstEpoch_stopsWithBothFigures() {
        DivergenceGuard guard = new DivergenceGuard(new StubRun(manager), manager);
        List<Map<String, Double>> before = losses("diffusion", 12.3, 11, 12);

        assertThatCode(() -> guard.requireNoGrowth(before, Map.of("diffusion", 122.9)))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> guard.requireNoGrowth(before, Map.of("diffusion", 5.8e9)))
                .isInstanceOf(TrainingDivergedException.class)
                .hasMessage(
                        "training stopped: the diffusion loss rose from 12.3 in epoch 1 to 5.80e+09 in epoch 4; lower rate.diffusion, then train again");
    }

    @Test
    void meanLoss_ofStageThatBeginsLater_isComparedWithItsFirstEpoch() {
        DivergenceGuard guard = new DivergenceGuard(new StubRun(manager), manager);
        List<Map<String, Double>> before = List.of(Map.of(), Map.of(), Map.of("diffusion", 2.0));

        guard.requireNoGrowth(List.of(Map.of(), Map.of()), Map.of("diffusion", 2.0));
        guard.requireNoGrowth(before, Map.of("diffusion", 19.0));
        assertThatThrownBy(() -> guard.requireNoGrowth(before, Map.of("diffusion", 21.0)))
                .hasMessageContaining("rose from 2.00 in epoch 3 to 21.0 in epoch 4");
    }

    @Test
    void meanLoss_ofPublishedPreset_doesNotStop() {
        DivergenceGuard guard = new DivergenceGuard(new StubRun(manager), manager);
        double[] losses = {788, 54, 77, 71, 39, 4, 6};

        for (int epoch = 0; epoch < losses.length; epoch++) {
            guard.requireNoGrowth(
                    losses("diffusion", Arrays.copyOf(losses, epoch)), Map.of("diffusion", losses[epoch]));
        }
    }

    @Test
    void meanLoss_boundedAndAboveFirstEpochInThree_stops() {
        StubRun run = new StubRun(manager);
        run.repetitions = 2;
        run.losses.put("recommendation", 4.1f);
        DivergenceGuard guard = new DivergenceGuard(run, manager);
        guard.train(5, (_, _) -> {});

        guard.requireNoGrowth(losses("recommendation", 4.04, 4.10, 4.03), Map.of("recommendation", 4.12));
        guard.requireNoGrowth(losses("recommendation", 4.04, 4.05, 4.05), Map.of("recommendation", 4.05));
        assertThatThrownBy(() -> guard.requireNoGrowth(
                        losses("recommendation", 4.04, 3.9, 4.10, 4.15), Map.of("recommendation", 4.12)))
                .hasMessageContaining(
                        "the recommendation loss rose from 4.04 in epoch 1 to 4.12 in epoch 5; lower rate.recommendation,");
    }

    @Test
    void meanLoss_boundedAndOfASingleStep_doesNotStop() {
        StubRun run = new StubRun(manager);
        run.repetitions = 1;
        run.losses.put("recommendation", 4.1f);
        DivergenceGuard guard = new DivergenceGuard(run, manager);
        guard.train(5, (_, _) -> {});

        guard.requireNoGrowth(losses("recommendation", 4.04, 3.9, 4.10, 4.15), Map.of("recommendation", 4.12));
    }

    private static List<Map<String, Double>> losses(String stage, double... means) {
        return Arrays.stream(means).mapToObj(mean -> Map.of(stage, mean)).toList();
    }

    @Test
    void firstEpoch_meanMoreThanHundredTimesFirstStep_stops() {
        StubRun run = new StubRun(manager);
        DivergenceGuard guard = new DivergenceGuard(run, manager);
        guard.train(1, (_, _) -> {});

        guard.requireNoGrowth(List.of(), Map.of("diffusion", 199.0));
        assertThatThrownBy(() -> guard.requireNoGrowth(List.of(), Map.of("diffusion", 201.0)))
                .hasMessageContaining("rose from 2.00 in the first step to 201 in epoch 1; lower rate.diffusion");
    }

    @Test
    void train_lossOfAStepNotFinite_stopsAndNamesStage() {
        StubRun run = new StubRun(manager);
        run.losses.put("recommendation", Float.NaN);

        assertThatThrownBy(() -> new DivergenceGuard(run, manager).train(3, (_, _) -> {}))
                .isInstanceOf(TrainingDivergedException.class)
                .hasMessageContaining("the recommendation loss is NaN in epoch 3; lower rate.recommendation,");
    }

    @Test
    void train_finiteLossButWeightsNotFinite_stopsAndNamesArray() {
        for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            StubRun run = new StubRun(manager);
            run.weights.set(new float[] {1, value});

            assertThatThrownBy(() -> new DivergenceGuard(run, manager).train(3, (_, _) -> {}))
                    .isInstanceOf(TrainingDivergedException.class)
                    .hasMessageContaining("array 'weights' has values that are not finite after epoch 3")
                    .hasMessageContaining("lower rate.diffusion and rate.recommendation");
        }
    }

    @Test
    void train_undefinedScore_stops_andNamesWeightsThatAreNotFinite() {
        StubRun run = new StubRun(manager);
        run.work = () -> TopK.best(new float[] {0, Float.NaN}, new BitSet(), 1);
        DivergenceGuard guard = new DivergenceGuard(run, manager);

        assertThatThrownBy(() -> guard.train(2, (_, _) -> {}))
                .isInstanceOf(TrainingDivergedException.class)
                .hasMessageContaining("training stopped: score of row 1 is not a number in epoch 2; lower ");
        run.weights.set(new float[] {1, Float.NaN});
        assertThatThrownBy(() -> guard.train(2, (_, _) -> {}))
                .isInstanceOf(TrainingDivergedException.class)
                .hasMessageContaining("array 'weights'");
    }

    @Test
    void train_otherFailure_isPassedOn() {
        StubRun run = new StubRun(manager);
        RuntimeException failure = new IllegalStateException("the disk is full");
        run.work = () -> {
            throw failure;
        };

        assertThatThrownBy(() -> new DivergenceGuard(run, manager).train(1, (_, _) -> {}))
                .isSameAs(failure);
    }

    @Test
    void train_leavesNoArrayBehind() {
        StubRun run = new StubRun(manager);
        int before = manager.getManagedArrays().size();

        new DivergenceGuard(run, manager).train(1, (_, _) -> {});

        assertThat(manager.getManagedArrays()).hasSize(before);
    }

    /// Run of two stages with given losses and weights.
    private static final class StubRun implements TrainingRun {

        private final NDArray weights;
        private final Map<String, Float> losses = new HashMap<>(Map.of("diffusion", 2f));
        private int repetitions = 1;
        private Runnable work = () -> {};

        StubRun(NDManager manager) {
            weights = manager.create(new float[] {1, 2});
            weights.setName("weights");
        }

        @Override
        public int stepsPerEpoch() {
            return losses.size();
        }

        @Override
        public List<Stage> stages() {
            return List.of(
                    new Stage("diffusion", List.of("rate.diffusion"), false),
                    new Stage("recommendation", List.of("rate.recommendation"), true));
        }

        @Override
        public void epoch(int number, StepListener progress) {
            for (int step = 0; step < repetitions; step++) {
                losses.forEach(progress::step);
            }
            work.run();
        }

        @Override
        public NDList state(NDManager scope) {
            NDArray steps = scope.create(new int[] {1});
            steps.setName("steps");
            return new NDList(steps, weights);
        }

        @Override
        public BlendedRecommender recommender() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void write(Path file) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void restore(NDList state) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
