package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.diffmm.artifacts.Artifact;
import io.diffmm.artifacts.ArtifactLocator;
import io.diffmm.artifacts.ArtifactReader;
import io.diffmm.datasets.reading.DatasetSource;
import io.diffmm.demo.DemoDataset;
import io.diffmm.demo.DemoDataset.DemoSettings;
import io.diffmm.training.QualityGate.UnpublishedException;
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
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TrainingJobTest {

    private static final String SMALL = """
            preset: demo
            embedding-size: 8
            diffusion: {hidden: [8], batch-size: 16}
            optimisation: {batch-size: 256, epochs: 3, patience: 3}
            """;

    /// Enough users for the quality gate to tell a model from popularity.
    private static final int USERS = 160;

    @TempDir
    Path directory;

    private Path data;
    private Path artifacts;
    private String config;
    private Optional<String> name = Optional.empty();
    private GateSettings gate = GateSettings.defaults();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @BeforeEach
    void generate() throws IOException {
        data = directory.resolve("shop");
        artifacts = directory.resolve("artifacts");
        config = Files.writeString(directory.resolve("small.yaml"), SMALL).toString();
        DemoDataset.generate(new DemoSettings(USERS, 60, 7), data);
    }

    @Test
    void run_publishesBestEpochWithMetrics() {
        Path published = job(1, false, new StopSignal()).run();

        Artifact artifact = ArtifactReader.open(published);
        assertThat(ArtifactLocator.resolve(artifacts, Optional.empty())).isEqualTo(published);
        assertThat(artifact.manifest().name()).isEqualTo("shop");
        assertThat(artifact.manifest().family()).isEqualTo("diffmm");
        assertThat(artifact.manifest().metrics())
                .containsOnlyKeys(
                        "model",
                        "embeddings",
                        "denoised.acoustic",
                        "denoised.textual",
                        "denoised.visual",
                        "linear",
                        "denoised",
                        "popularity",
                        "EASE");
        assertThat(artifact.manifest().metrics().get("model")).containsKeys("recall@10", "ndcg@20", "precision@20");
        assertThat(artifact.manifest().dataset().users()).isEqualTo(USERS);
        assertThat(artifact.contents().items().item(0).title()).isPresent();
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("epoch 1/3", "epoch 3/3", "best epoch", "popularity: valid recall@20");
        assertThat(artifacts.resolve("shop").resolve(".checkpoint")).doesNotExist();
    }

    @Test
    void run_publishesReport() throws IOException {
        Path published = job(1, false, new StopSignal()).run();

        Artifact artifact = ArtifactReader.open(published);
        assertThat(artifact.manifest().files()).containsKeys("report.json", "report.html");
        JsonNode report = new JsonMapper().readTree(published.resolve("report.json"));
        assertThat(report.get("rankings")
                        .valueStream()
                        .map(ranking -> ranking.get("name").asString()))
                .containsExactly(
                        "blend",
                        "embeddings",
                        "denoised.acoustic",
                        "denoised.textual",
                        "denoised.visual",
                        "linear",
                        "denoised",
                        "popularity",
                        "EASE");
        assertThat(report.at("/rankings/0/metrics/ndcg@20/value").asDouble())
                .isEqualTo(artifact.manifest()
                        .metrics()
                        .getOrDefault("model", Map.of())
                        .get("ndcg@20"));
        assertThat(report.get("curve")).hasSize(3);
        assertThat(report.at("/dataset/fingerprint").asString())
                .isEqualTo(artifact.manifest().dataset().fingerprint());
        assertThat(report.get("stages")
                        .valueStream()
                        .map(stage -> stage.get("stage").asString()))
                .contains("read the data", "train", "measure blend", "fit EASE");
        assertThat(report.at("/stages/1/peakBytes").asLong()).isGreaterThan(50 << 20);
        assertThat(report.at("/verdict/outcome").asString()).isEqualTo("published");
        assertThat(report.get("comparison").isNull()).isTrue();
        assertThat(Files.readString(published.resolve("report.html"))).contains("Training report: shop");
    }

    @Test
    void run_again_comparesWithCurrentVersion() throws IOException {
        Path first = job(1, false, new StopSignal()).run();
        config = Files.writeString(
                        directory.resolve("no-ease.yaml"), SMALL + "views: {linear: {closed-form-items: 59}}\n")
                .toString();
        gate = new GateSettings(1, false);

        Path second = job(2, false, new StopSignal()).run();

        JsonNode report = new JsonMapper().readTree(second.resolve("report.json"));
        JsonNode comparison = report.get("comparison");
        JsonNode blend = comparison.at("/rankings/0");
        assertThat(comparison.get("version").asString()).isEqualTo(String.valueOf(first.getFileName()));
        assertThat(comparison.get("sameData").asBoolean()).isTrue();
        assertThat(blend.at("/now/ndcg@20").asDouble())
                .isEqualTo(blend.at("/stored/ndcg@20").asDouble());
        assertThat(blend.at("/differences/ndcg@20/value").asDouble())
                .isCloseTo(
                        report.at("/rankings/0/metrics/ndcg@20/value").asDouble()
                                - blend.at("/now/ndcg@20").asDouble(),
                        within(1e-12));
        assertThat(comparison
                        .get("rankings")
                        .valueStream()
                        .map(ranking -> ranking.get("name").asString()))
                .containsSequence("blend", "embeddings")
                .contains("linear", "denoised", "popularity");
        assertThat(report.at("/leftOut/0").asString()).contains("EASE", "59 items");
        assertThat(report.get("rankings")).hasSize(8);
    }

    @Test
    void run_worseThanCurrentVersion_keepsCandidateUntilForced() throws IOException {
        Path first = job(1, false, new StopSignal()).run();
        config = Files.writeString(
                        directory.resolve("worse.yaml"),
                        SMALL.replace("epochs: 3", "epochs: 1, learning-rate: 1e-9")
                                + "views: {linear: {links: 1, closed-form-items: 0, feature-share: 0}}\n")
                .toString();
        gate = new GateSettings(0, false);

        assertThatThrownBy(() -> job(5, false, new StopSignal()).run())
                .isInstanceOfSatisfying(UnpublishedException.class, e -> {
                    assertThat(e.candidate().getParent()).isEqualTo(artifacts.resolve("shop/unpublished"));
                    assertThat(e.candidate().resolve("report.html")).isRegularFile();
                    assertThat(ArtifactReader.open(e.candidate()).manifest().gate())
                            .hasValueSatisfying(
                                    record -> assertThat(record.passed()).isFalse());
                })
                .hasMessageContaining("NDCG@20")
                .hasMessageContaining("--resume --force");
        assertThat(ArtifactLocator.resolve(artifacts, Optional.empty())).isEqualTo(first);

        gate = new GateSettings(0, true);
        Path forced = job(5, true, new StopSignal()).run();

        assertThat(ArtifactLocator.resolve(artifacts, Optional.empty())).isEqualTo(forced);
        assertThat(ArtifactReader.open(forced).manifest().gate())
                .hasValueSatisfying(record -> assertThat(record.forced()).isTrue());
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("publishing by force");
        assertThat(Files.readString(forced.resolve("report.html"))).contains("Published by force");
    }

    @Test
    void run_onOtherDataThanCurrentVersion_measuresCurrentVersionAgain() throws IOException {
        job(1, false, new StopSignal()).run();
        data = directory.resolve("other");
        DemoDataset.generate(new DemoSettings(USERS, 65, 8), data);
        gate = new GateSettings(1, false);
        name = Optional.of("shop");

        Path second = job(1, false, new StopSignal()).run();

        JsonNode comparison =
                new JsonMapper().readTree(second.resolve("report.json")).get("comparison");
        assertThat(comparison.get("sameData").asBoolean()).isFalse();
        assertThat(comparison.at("/rankings/0/now/ndcg@20").asDouble())
                .isNotEqualTo(comparison.at("/rankings/0/stored/ndcg@20").asDouble())
                .isBetween(0.0, 1.0);
    }

    @Test
    void run_currentVersionDamaged_isNotPublished() throws IOException {
        Path first = job(1, false, new StopSignal()).run();
        Files.writeString(first.resolve("users.json"), "[]");

        assertThatThrownBy(() -> job(1, false, new StopSignal()).run())
                .isInstanceOf(UnpublishedException.class)
                .hasMessageContaining("could not be measured")
                .hasMessageContaining("users.json");
    }

    @Test
    void run_stoppedAndResumed_producesSameWeights() throws IOException {
        Path straight = job(1, false, new StopSignal()).run();
        StopSignal stop = new StopSignal();
        assertThatThrownBy(
                        () -> job(1, false, stop, stopAfter(stop, "epoch 1/3")).run())
                .isInstanceOf(TrainingStoppedException.class)
                .hasMessageContaining("1 finished epoch");
        assertThat(artifacts.resolve("shop").resolve(".checkpoint")).exists();

        Path resumed = job(1, true, new StopSignal()).run();

        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("resuming after epoch 1");
        assertThat(weights(resumed)).isEqualTo(weights(straight));
    }

    @Test
    void run_stoppedInFirstEpoch_canBeResumed() {
        StopSignal stop = new StopSignal();
        stop.request();
        assertThatThrownBy(() -> job(1, false, stop).run()).isInstanceOf(TrainingStoppedException.class);

        job(1, true, new StopSignal()).run();

        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("resuming after epoch 0");
    }

    @Test
    void run_resumedWithAnotherSeed_isRejected() {
        StopSignal stop = new StopSignal();
        assertThatThrownBy(
                        () -> job(1, false, stop, stopAfter(stop, "epoch 1/3")).run())
                .isInstanceOf(TrainingStoppedException.class);

        assertThatThrownBy(() -> job(2, true, new StopSignal()).run())
                .hasMessageContaining("another run")
                .hasMessageContaining("seed");
    }

    @Test
    void run_resumedFromDamagedCheckpoint_isRejected() throws IOException {
        StopSignal stop = new StopSignal();
        assertThatThrownBy(
                        () -> job(1, false, stop, stopAfter(stop, "epoch 1/3")).run())
                .isInstanceOf(TrainingStoppedException.class);
        Path checkpoint = artifacts.resolve("shop").resolve(".checkpoint");
        Files.writeString(checkpoint.resolve("state-1.safetensors"), "cut off");
        assertThatThrownBy(() -> job(1, true, new StopSignal()).run()).hasMessageContaining("damaged");

        Files.writeString(checkpoint.resolve("checkpoint.json"), "{");
        assertThatThrownBy(() -> job(1, true, new StopSignal()).run()).hasMessageContaining("cannot be read");
        job(1, false, new StopSignal()).run(); // does not read the checkpoint
    }

    @Test
    void run_whileAnotherRunTrainsSameName_isRejectedImmediately() {
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
    void run_withoutResume_keepsOldCheckpointUntilPublication() {
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
    void run_resumedWithoutCheckpoint_startsAtBeginning() {
        job(1, true, new StopSignal()).run();

        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("there is no checkpoint", "epoch 1/3");
    }

    @Test
    void run_unsuitableData_isRejectedBeforeAnythingIsWritten() throws IOException {
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
                DatasetSource.of(data),
                "diffmm",
                artifacts,
                name,
                OptionalInt.empty(),
                seed,
                Optional.of(config),
                "cpu",
                resume,
                100,
                gate,
                1,
                List.of(),
                Optional.empty());
        return new TrainingJob(request, new PrintStream(out, true, StandardCharsets.UTF_8), stop, false);
    }

    /// Returns an output that requests a stop when `text` is printed.
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
