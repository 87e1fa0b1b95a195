package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.datasets.reading.DatasetSource;
import io.diffmm.demo.DemoDataset;
import io.diffmm.demo.DemoDataset.DemoSettings;
import io.diffmm.training.StopSignal.TrainingStoppedException;
import io.diffmm.training.TrainingRequest.GateSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.ObjectMapper;

/// Runs that are evaluated every n-th epoch.
class EvaluationIntervalTest {

    @TempDir
    Path directory;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @BeforeEach
    void generate() throws IOException {
        DemoDataset.generate(new DemoSettings(40, 60, 7), directory.resolve("data"));
    }

    @Test
    void train_patienceBelowInterval_stopsAfterMeasuredEpoch() throws IOException {
        Path version = run(3, 1, OptionalInt.of(9), false, new StopSignal(), printed);

        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("epoch 3/9")
                .contains("best epoch");
        assertThat(measuredEpochs()).isNotEmpty().allMatch(epoch -> epoch % 3 == 0);
        assertThat(confidence(version)).isEqualTo(1 - 0.05 / measuredEpochs().size());
    }

    @Test
    void train_fewerEpochsThanInterval_measuresLast() throws IOException {
        run(50, 50, OptionalInt.of(2), false, new StopSignal(), printed);

        assertThat(measuredEpochs()).containsExactly(2);
    }

    @Test
    void resume_noEpochLeftAndNoneMeasured_measuresLast() throws IOException {
        StopSignal stop = new StopSignal();
        OutputStream stopping = new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int from, int length) {
                super.write(bytes, from, length);
                if (toString(StandardCharsets.UTF_8).contains("epoch 3/60")) {
                    stop.request();
                }
            }
        };
        Assertions.assertThatThrownBy(() -> run(50, 50, OptionalInt.of(60), false, stop, stopping))
                .isInstanceOf(TrainingStoppedException.class);

        run(50, 50, OptionalInt.of(3), true, new StopSignal(), printed);

        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("resuming after epoch 3", "best epoch 3", "published");
    }

    @Test
    void train_bridge_measuresEveryEpoch_andKeepsTheLastDespitePatience() throws IOException {
        String settings = """
                preset: demo
                recommendation:
                  bridge: {steps: 2, noise: 0.3, hidden: 8, temperature: 0.3, learning-rate: 0.01, weight-decay: 0,
                    batch-size: 16, from: 3, averaging: 0.5}
                optimisation: {learning-rate: 0.1, interval: 1, patience: 1, diffusion-epochs: 1}
                views: {folds: 0}
                """;

        Path version = run("diffmm", settings, OptionalInt.of(5), false, new StopSignal(), printed);

        assertThat(measuredEpochs()).containsExactly(1, 2, 3, 4, 5);
        assertThat(confidence(version)).as("one epoch may be kept").isEqualTo(0.95);
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("best epoch 5", "bridge loss", "published");
    }

    @Test
    void train_endsBeforeTheBridgeIsTrained_isRefused() {
        String settings = """
                preset: demo
                recommendation:
                  bridge: {steps: 2, noise: 0.3, hidden: 8, temperature: 0.3, learning-rate: 0.01, weight-decay: 0,
                    batch-size: 16, from: 6, averaging: 0.5}
                """;

        Assertions.assertThatThrownBy(
                        () -> run("diffmm", settings, OptionalInt.of(5), false, new StopSignal(), printed))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "training ends after epoch 5, but the bridge is trained from epoch 6 on (recommendation.bridge.from); train for at least 6 epochs, or set recommendation.bridge to none");
        assertThat(printed.toString(StandardCharsets.UTF_8)).doesNotContain("epoch 1/");
    }

    private List<Integer> measuredEpochs() {
        return printed.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("epoch ") && line.contains("valid recall@20"))
                .map(line -> Integer.valueOf(line.substring("epoch ".length(), line.indexOf('/'))))
                .toList();
    }

    private Path run(int interval, int patience, OptionalInt epochs, boolean resume, StopSignal stop, OutputStream out)
            throws IOException {
        String settings = "{preset: demo, optimisation: {interval: %d, patience: %d}}".formatted(interval, patience);
        return run("diffrec", settings, epochs, resume, stop, out);
    }

    /// Returns the level of the gate's interval, which depends on the number of epochs that the best was
    /// chosen from.
    private static double confidence(Path version) throws IOException {
        return new ObjectMapper()
                .readTree(version.resolve("manifest.json"))
                .at("/gate/popularity/confidence")
                .doubleValue();
    }

    private Path run(
            String family, String settings, OptionalInt epochs, boolean resume, StopSignal stop, OutputStream out)
            throws IOException {
        Path config = Files.writeString(directory.resolve("settings.yaml"), settings);
        TrainingRequest request = new TrainingRequest(
                DatasetSource.of(directory.resolve("data")),
                family,
                directory.resolve("artifacts"),
                Optional.empty(),
                epochs,
                1,
                Optional.of(config.toString()),
                "cpu",
                resume,
                1_000,
                new GateSettings(1, true),
                1,
                List.of(),
                Optional.empty());
        return new TrainingJob(request, new PrintStream(out, true, StandardCharsets.UTF_8), stop, false).run();
    }
}
