package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.artifacts.ArtifactReader;
import io.diffmm.artifacts.Manifest;
import io.diffmm.datasets.reading.DatasetSource;
import io.diffmm.demo.DemoDataset;
import io.diffmm.demo.DemoDataset.DemoSettings;
import io.diffmm.training.StopSignal.TrainingStoppedException;
import io.diffmm.training.TrainingRequest.GateSettings;
import io.diffmm.training.TrainingRequest.SearchRequest;
import io.diffmm.training.search.SearchSpace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class HyperparameterSearchTest {

    private static final String SMALL = """
            preset: demo
            embedding-size: 8
            diffusion: {hidden: [8], batch-size: 16}
            optimisation: {batch-size: 32, epochs: 2, patience: 3}
            """;

    private static final String SPACE = """
            embedding-size: [4, 8]
            recommendation: {temperature: [0.4, 0.5]}
            optimisation: {learning-rate: [0.001, 0.003, 0.01]}
            views: {linear: {walk-continuation: [0.8, 0.85]}}
            """;

    private static final Duration LONG = Duration.ofMinutes(10);

    @TempDir
    Path directory;

    private Path data;
    private Path model;
    private String config;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @BeforeEach
    void generate() throws IOException {
        data = directory.resolve("shop");
        model = directory.resolve("artifacts/shop");
        config = Files.writeString(directory.resolve("small.yaml"), SMALL).toString();
        DemoDataset.generate(new DemoSettings(40, 60, 7), data);
    }

    @Test
    void search_publishesWithBestSettings() throws IOException {
        Path published = job(SPACE, Duration.ofSeconds(4), 1).run();

        Manifest manifest = ArtifactReader.open(published).manifest();
        JsonNode best = trials().get(json().get("best").asInt() - 1);
        assertThat(manifest.metrics().get("model"))
                .containsEntry("ndcg@20", best.get("score").asDouble());
        assertThat(best.get("score").asDouble())
                .isEqualTo(trials().stream()
                        .mapToDouble(trial -> trial.get("score").asDouble(0))
                        .max()
                        .orElseThrow());
        assertThat(output())
                .contains("trial 1: valid ndcg@20", "settings as given", "best of " + trials().size() + " trials")
                .contains("epoch 2/2", "published")
                .doesNotContain("an earlier run did not publish");
        assertThat(model.resolve(".search")).doesNotExist();
    }

    @Test
    void search_writesTrialsAndSettings_whichReproduceTheModel() throws IOException {
        Path published = job("recommendation: {temperature: [0.5]}\n", LONG, 1).run();

        assertThat(json().get("seed").asInt()).isEqualTo(1);
        assertThat(json().get("boundSeconds").asDouble()).isEqualTo(600);
        assertThat(json().get("dataset").asString()).isNotBlank();
        assertThat(trials()).hasSize(2);
        JsonNode second = trials().get(1);
        assertThat(second.get("number").asInt()).isEqualTo(2);
        assertThat(second.at("/changes/recommendation.temperature").asDouble()).isEqualTo(0.5);
        assertThat(second.get("curve")).hasSize(2);
        assertThat(second.get("seconds").asDouble()).isPositive();
        assertThat(second.get("ending").asString()).isEqualTo("finished");
        assertThat(second.get("reason").isNull()).isTrue();

        config = model.resolve("search.yaml").toString();
        Path again = job(Optional.empty(), 1, new StopSignal(), printed).run();
        assertThat(Files.readAllBytes(ArtifactReader.open(again).weights()))
                .isEqualTo(Files.readAllBytes(ArtifactReader.open(published).weights()));
    }

    @Test
    void search_sameSeed_runsSameTrialsInSameOrder() throws IOException {
        stoppedAfter("trial 3:", SPACE);
        List<JsonNode> first = trials();
        stoppedAfter("trial 3:", SPACE);

        for (int trial = 0; trial < 3; trial++) {
            for (String field : List.of("changes", "curve", "score")) {
                assertThat(trials().get(trial).get(field))
                        .isEqualTo(first.get(trial).get(field));
            }
        }
    }

    @Test
    void search_trialBelowMedian_isPrunedWithoutScore() throws IOException {
        stoppedAfter("pruned", "optimisation: {learning-rate: [1e-9, 1.1e-9, 1.2e-9, 0.01, 0.02, 0.03]}");

        JsonNode last = trials().getLast();
        assertThat(last.get("number").asInt()).isGreaterThan(3);
        assertThat(last.get("ending").asString()).isEqualTo("pruned");
        assertThat(last.get("curve")).hasSize(1);
        assertThat(last.get("score").isNull()).isTrue();
    }

    @Test
    void search_failedTrials_areCountedAndSkipped() throws IOException {
        job("{recommendation: {temperature: [-1, 0.4]}, optimisation: {learning-rate: [0.002, 1e30]}}", LONG, 1)
                .run();

        assertThat(trials())
                .hasSize(4)
                .extracting(trial -> trial.get("ending").asString())
                .containsExactly("finished", "failed", "failed", "failed");
        assertThat(json().get("best").asInt()).isEqualTo(1);
        assertThat(output())
                .contains(
                        "failed (settings: recommendation.temperature is -1",
                        "failed (training stopped: the sum of the lengths of the item vectors is Infinity in epoch ",
                        "best of 4 trials is trial 1");
    }

    @Test
    void search_stopped_keepsResultsAndPublishesNothing() throws IOException {
        stoppedAfter("trial 2:", SPACE);

        assertThat(trials()).hasSize(2);
        assertThat(model.resolve("search.yaml")).isRegularFile();
        assertThat(model.resolve("current")).doesNotExist();
        assertThat(model.resolve(".search")).doesNotExist();
    }

    @Test
    void search_budgetExhaustedImmediately_hasOneTrialOfOneEpoch() throws IOException {
        job(SPACE, Duration.ofNanos(1), 1).run();

        assertThat(trials()).hasSize(1);
        assertThat(trials().getFirst().get("curve")).hasSize(1);
        assertThat(trials().getFirst().get("ending").asString()).isEqualTo("out of time");
        assertThat(trials().getFirst().get("score").asDouble()).isPositive();
    }

    @Test
    void search_withoutAnyScore_failsAndDeletesEarlierSettings() throws IOException {
        Files.createDirectories(model);
        Files.writeString(model.resolve("search.yaml"), "layers: 2");
        config = Files.writeString(
                        directory.resolve("diverges.yaml"),
                        SMALL.replace("epochs: 2", "epochs: 2, learning-rate: 1e30"))
                .toString();

        assertThatThrownBy(() ->
                        job("recommendation: {temperature: [0.5]}\n", LONG, 1).run())
                .hasMessageContaining("none of 2 trials");
        assertThat(model.resolve("search.yaml")).doesNotExist();
    }

    @Test
    void search_invalidSpace_isRejectedBeforeDataIsRead() throws IOException {
        data = directory.resolve("nowhere");

        assertThatThrownBy(() -> job("layer: [2]\n", LONG, 1)).hasMessageContaining("layer, which is not a setting");
        assertThatThrownBy(() -> job("- layers\n", LONG, 1)).hasMessageContaining("not a YAML mapping");
        assertThatThrownBy(() ->
                        job(Optional.of(new SearchRequest(LONG, Optional.of(data))), 1, new StopSignal(), printed))
                .hasMessageContaining("nowhere is not a file");
        assertThatThrownBy(() -> new SearchRequest(Duration.ZERO, Optional.empty()))
                .hasMessageContaining("--search");
    }

    @Test
    void searchSpace_ofEachFamily_fitsEachPreset() {
        for (TrainerFamily<?> family : TrainerFamily.all()) {
            for (String preset : family.presets()) {
                Map<String, Object> settings =
                        JobSettings.read(Optional.of(preset), family).tree();
                Map<String, Object> values = SettingsFile.searchSpace(Optional.empty(), family.name(), settings);

                assertThat(new SearchSpace(values, settings)).isNotNull();
            }
        }
    }

    @Test
    void searchSpace_ofDiffMm_hasTheSettingsOfTheForm() {
        TrainerFamily<?> family = TrainerFamily.named("diffmm");

        assertThat(recommendationSpace(family, "tiktok"))
                .containsKeys("temperature", "feature-share", "modality-graph")
                .doesNotContainKey("layers");
        assertThat(recommendationSpace(family, "paper"))
                .containsKeys("layers", "contrast", "modality-graph")
                .doesNotContainKey("temperature");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> recommendationSpace(TrainerFamily<?> family, String preset) {
        Map<String, Object> settings =
                JobSettings.read(Optional.of(preset), family).tree();
        return (Map<String, Object>)
                Objects.requireNonNull(SettingsFile.searchSpace(Optional.empty(), family.name(), settings)
                        .get("recommendation"));
    }

    private void stoppedAfter(String text, String space) throws IOException {
        StopSignal stop = new StopSignal();
        OutputStream out = new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int from, int length) {
                super.write(bytes, from, length);
                if (toString(StandardCharsets.UTF_8).contains(text)) {
                    stop.request();
                }
            }
        };
        assertThatThrownBy(() -> job(search(space, LONG), 3, stop, out).run())
                .isInstanceOf(TrainingStoppedException.class)
                .hasMessageContaining("the search was stopped")
                .hasMessageContaining(model.toString());
    }

    private TrainingJob job(String space, Duration bound, long seed) throws IOException {
        return job(search(space, bound), seed, new StopSignal(), printed);
    }

    private Optional<SearchRequest> search(String space, Duration bound) throws IOException {
        Path file = Files.writeString(directory.resolve("space.yaml"), space);
        return Optional.of(new SearchRequest(bound, Optional.of(file)));
    }

    private TrainingJob job(Optional<SearchRequest> search, long seed, StopSignal stop, OutputStream out) {
        TrainingRequest request = new TrainingRequest(
                DatasetSource.of(data),
                "diffmm",
                directory.resolve("artifacts"),
                Optional.of("shop"),
                OptionalInt.empty(),
                seed,
                Optional.of(config),
                "cpu",
                false,
                100,
                new GateSettings(1, true),
                1,
                List.of(),
                search);
        return new TrainingJob(request, new PrintStream(out, true, StandardCharsets.UTF_8), stop, false);
    }

    private JsonNode json() {
        return new JsonMapper().readTree(model.resolve("search.json"));
    }

    private List<JsonNode> trials() {
        return json().get("trials").valueStream().toList();
    }

    private String output() {
        return printed.toString(StandardCharsets.UTF_8);
    }
}
