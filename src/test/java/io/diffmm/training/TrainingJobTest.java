package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.artifacts.Artifact;
import io.diffmm.artifacts.ArtifactLocator;
import io.diffmm.artifacts.ArtifactReader;
import io.diffmm.datasets.DemoDataset;
import io.diffmm.datasets.DemoSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingJobTest {

    private static final String SMALL = """
            preset: demo
            embedding-size: 8
            diffusion: {hidden: [8], batch-size: 16}
            optimisation: {batch-size: 256, epochs: 3, patience: 3}
            """;

    @TempDir
    Path directory;

    private Path data;
    private Path artifacts;
    private String config;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @BeforeEach
    void generate() throws IOException {
        data = directory.resolve("shop");
        artifacts = directory.resolve("artifacts");
        config = Files.writeString(directory.resolve("small.yaml"), SMALL).toString();
        DemoDataset.generate(new DemoSettings(40, 60, 7), data);
    }

    @Test
    void run_publishesTheBestEpochWithItsMetrics() {
        Path published = job(1, false, new StopSignal()).run();

        Artifact artifact = ArtifactReader.open(published);
        assertThat(ArtifactLocator.resolve(artifacts, Optional.empty())).isEqualTo(published);
        assertThat(artifact.manifest().name()).isEqualTo("shop");
        assertThat(artifact.manifest().family()).isEqualTo("diffmm");
        assertThat(artifact.manifest().metrics()).containsOnlyKeys("model", "popularity");
        assertThat(artifact.manifest().metrics().get("model")).containsKeys("recall@10", "ndcg@20", "precision@20");
        assertThat(artifact.manifest().dataset().users()).isEqualTo(40);
        assertThat(artifact.contents().items().item(0).title()).isPresent();
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("epoch 1/3", "epoch 3/3", "best epoch", "popularity: valid recall@20");
        assertThat(artifacts.resolve("shop").resolve(".checkpoint")).doesNotExist();
    }

    @Test
    void run_stoppedAndResumed_endsWithTheSameWeights() throws IOException {
        Path straight = job(1, false, new StopSignal()).run();
        StopSignal stop = new StopSignal();
        assertThatThrownBy(
                        () -> job(1, false, stop, stopAfter(stop, "epoch 1/3")).run())
                .isInstanceOf(TrainingStoppedException.class)
                .hasMessageContaining("1 finished epoch");
        assertThat(artifacts.resolve("shop").resolve(".checkpoint")).exists();

        Path resumed = job(1, true, new StopSignal()).run();

        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("going on after epoch 1");
        assertThat(weights(resumed)).isEqualTo(weights(straight));
    }

    @Test
    void run_stoppedBeforeTheFirstEpochEnds_canBeResumed() {
        StopSignal stop = new StopSignal();
        stop.request();
        assertThatThrownBy(() -> job(1, false, stop).run()).isInstanceOf(TrainingStoppedException.class);

        job(1, true, new StopSignal()).run();

        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("going on after epoch 0");
    }

    @Test
    void run_resumeWithAnotherSeed_isRefused() {
        StopSignal stop = new StopSignal();
        assertThatThrownBy(
                        () -> job(1, false, stop, stopAfter(stop, "epoch 1/3")).run())
                .isInstanceOf(TrainingStoppedException.class);

        assertThatThrownBy(() -> job(2, true, new StopSignal()).run())
                .hasMessageContaining("another run")
                .hasMessageContaining("seed");
    }

    @Test
    void run_resumeFromADamagedCheckpoint_isRefused() throws IOException {
        StopSignal stop = new StopSignal();
        assertThatThrownBy(
                        () -> job(1, false, stop, stopAfter(stop, "epoch 1/3")).run())
                .isInstanceOf(TrainingStoppedException.class);
        Path checkpoint = artifacts.resolve("shop").resolve(".checkpoint");
        Files.writeString(checkpoint.resolve("state-1.safetensors"), "cut off");
        assertThatThrownBy(() -> job(1, true, new StopSignal()).run()).hasMessageContaining("damaged");

        Files.writeString(checkpoint.resolve("checkpoint.json"), "{");
        assertThatThrownBy(() -> job(1, true, new StopSignal()).run()).hasMessageContaining("cannot be read");
        job(1, false, new StopSignal()).run(); // starting again does not need it
    }

    @Test
    void run_whileAnotherRunTrainsTheSameName_isRefusedAtOnce() {
        StopSignal stop = new StopSignal();
        OutputStream startsAnother = new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int from, int length) {
                super.write(bytes, from, length);
                if (toString(StandardCharsets.UTF_8).contains("epoch 1/3")) {
                    assertThatThrownBy(() -> job(2, false, new StopSignal()).run())
                            .hasMessageContaining("another run is training");
                    stop.request();
                }
            }
        };

        assertThatThrownBy(() -> job(1, false, stop, startsAnother).run()).isInstanceOf(TrainingStoppedException.class);
    }

    @Test
    void run_withoutResume_setsTheCheckpointAsideUntilItPublishes() {
        StopSignal stop = new StopSignal();
        assertThatThrownBy(
                        () -> job(1, false, stop, stopAfter(stop, "epoch 1/3")).run())
                .isInstanceOf(TrainingStoppedException.class);
        StopSignal again = new StopSignal();
        again.request();

        assertThatThrownBy(() -> job(2, false, again).run()).isInstanceOf(TrainingStoppedException.class);
        assertThat(artifacts.resolve("shop").resolve(".checkpoint.old").resolve("state-1.safetensors"))
                .exists();

        job(2, false, new StopSignal()).run();
        assertThat(artifacts.resolve("shop").resolve(".checkpoint.old")).doesNotExist();
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("an earlier run did not publish");
    }

    @Test
    void run_resumeWithNothingToResume_startsAtTheBeginning() {
        job(1, true, new StopSignal()).run();

        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("there is no checkpoint", "epoch 1/3");
    }

    @Test
    void run_dataThatCannotBeTrainedOn_isRefusedBeforeAnythingIsWritten() throws IOException {
        Files.delete(data.resolve("valid.csv"));
        assertThatThrownBy(() -> job(1, false, new StopSignal()).run()).hasMessageContaining("valid.csv");

        DemoDataset.generate(new DemoSettings(40, 60, 7), directory.resolve("plain"));
        data = directory.resolve("plain");
        for (String modality : new String[] {"visual", "acoustic", "textual"}) {
            Files.delete(data.resolve(modality + ".npy"));
        }
        assertThatThrownBy(() -> job(1, false, new StopSignal()).run()).hasMessageContaining(".npy");
        assertThat(artifacts).doesNotExist();
    }

    private TrainingJob job(long seed, boolean resume, StopSignal stop) {
        return job(seed, resume, stop, printed);
    }

    private TrainingJob job(long seed, boolean resume, StopSignal stop, OutputStream out) {
        TrainingRequest request = new TrainingRequest(
                data,
                "diffmm",
                artifacts,
                Optional.empty(),
                OptionalInt.empty(),
                seed,
                Optional.of(config),
                "cpu",
                resume,
                100,
                GateSettings.usual());
        return new TrainingJob(request, new PrintStream(out, true, StandardCharsets.UTF_8), stop, false);
    }

    /// Output that asks for a stop as soon as it has shown `text`.
    private static OutputStream stopAfter(StopSignal stop, String text) {
        return new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int from, int length) {
                super.write(bytes, from, length);
                if (toString(StandardCharsets.UTF_8).contains(text)) {
                    stop.request();
                }
            }
        };
    }

    private static byte[] weights(Path version) throws IOException {
        return Files.readAllBytes(ArtifactReader.open(version).weights());
    }
}
