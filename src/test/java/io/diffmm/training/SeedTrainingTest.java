package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.diffmm.artifacts.Artifact;
import io.diffmm.artifacts.Artifact.Member;
import io.diffmm.artifacts.ArtifactReader;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.reading.DatasetReader;
import io.diffmm.datasets.reading.DatasetSource;
import io.diffmm.demo.DemoDataset;
import io.diffmm.demo.DemoDataset.DemoSettings;
import io.diffmm.model.blend.Blend;
import io.diffmm.training.SeedTraining.TrainedSeed;
import io.diffmm.training.StopSignal.TrainingStoppedException;
import io.diffmm.training.TrainingRequest.GateSettings;
import io.diffmm.training.TrainingRequest.SearchRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Jobs that train a model with several seeds.
class SeedTrainingTest {

    private static final long SEED = 5;

    @TempDir
    Path directory;

    private String family = "diffrec";
    private String config = "demo";
    private int indexFrom = 1_000;
    private List<Path> ensemble = List.of();
    private Optional<SearchRequest> search = Optional.empty();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @BeforeEach
    void generate() throws IOException {
        DemoDataset.generate(new DemoSettings(40, 60, 7), directory.resolve("data"));
    }

    @Test
    void train_twoSeeds_trainsEachAsAJobOfItsOwnWould() throws IOException {
        List<TrainedSeed> both = train("both", SEED, 2, false, new StopSignal(), printed);

        assertThat(both.stream().map(TrainedSeed::seed)).containsExactly(SEED, SEED + 1);
        assertThat(weights(both).getFirst())
                .isEqualTo(weights(train("first", SEED, 1, false, new StopSignal(), printed))
                        .getFirst());
        assertThat(weights(both).getLast())
                .isEqualTo(weights(train("second", SEED + 1, 1, false, new StopSignal(), printed))
                        .getFirst());
        assertThat(output()).contains("seed 1 of 2  epoch 1/4", "seed 2 of 2  epoch 4/4");
    }

    /// Small hidden layers and few epochs: a single model is poor, and the errors of five cancel out. The
    /// linear view is kept from compensating. Of four seeds tried, all join.
    @Test
    void run_seedsThatAreBetterTogether_publishesAll() throws IOException {
        config = config("""
                        preset: demo
                        diffusion: {hidden: [8], learning-rate: 0.01, averaging: 0}
                        views:
                          folds: 0
                          linear: {links: 1, walk-steps: 1, feature-share: 0, closed-form-items: 0}
                        """);

        Path published = job("joined", 4, 5, false).run();

        assertSeeds(published, List.of(4L, 5L, 6L, 7L, 8L), List.of(4L, 5L, 6L, 7L, 8L));
        assertThat(output()).containsPattern("best epochs \\d(, \\d){4} of 5 seeds: valid recall@20");
        assertThat(Blend.of(ArtifactReader.open(published).manifest().blend()).views())
                .containsKeys("diffrec", "diffrec#2", "diffrec#5");
    }

    /// With a spectral start and steps too small for float32, all seeds are the same model, and joining it
    /// with itself gains nothing.
    @Test
    void run_seedsThatAreNotBetterTogether_publishesTheFirst() throws IOException {
        config = config("preset: demo\ndiffusion: {start: spectral, learning-rate: 1.0e-14}\nviews: {folds: 2}\n");

        Path published = job("first", SEED, 2, false).run();

        assertSeeds(published, List.of(SEED, SEED + 1), List.of(SEED));
        assertThat(output()).containsPattern("best epoch \\d: valid recall@20");
        assertThat(Blend.of(ArtifactReader.open(published).manifest().blend()).views())
                .doesNotContainKey("diffrec#2");
        assertThat(directory.resolve("artifacts/first/.checkpoint")).doesNotExist();
    }

    private void assertSeeds(Path published, List<Long> trained, List<Long> members) throws IOException {
        Artifact artifact = ArtifactReader.open(published);
        JsonNode report = new JsonMapper().readTree(published.resolve("report.json"));
        assertThat(artifact.members().stream().map(member -> member.seed().orElseThrow()))
                .containsExactlyElementsOf(members);
        assertThat(seeds(report, "published")).containsExactlyElementsOf(members);
        assertThat(seeds(report, "seed")).containsExactlyElementsOf(trained);
        assertThat(report.get("bestEpoch")).isEqualTo(report.at("/seeds/0/bestEpoch"));
        assertThat(report.get("curve")).hasSize(2);
        assertThat(report.get("stages")
                        .valueStream()
                        .map(stage -> stage.get("stage").asString()))
                .contains(
                        "train seed 1 of %d".formatted(trained.size()), "train seed 2 of %d".formatted(trained.size()));
        assertThat(Files.readString(published.resolve("report.html")))
                .contains("trained with %d seeds".formatted(trained.size()));
    }

    /// Returns the seeds in the report for which a property is true or has a value.
    private static List<Long> seeds(JsonNode report, String property) {
        return report.get("seeds")
                .valueStream()
                .filter(seed ->
                        seed.get(property).isNumber() || seed.get(property).asBoolean())
                .map(seed -> seed.get("seed").asLong())
                .toList();
    }

    private String config(String text) throws IOException {
        return Files.writeString(directory.resolve("settings.yaml"), text).toString();
    }

    @Test
    void run_oneSeed_recordsIt() throws IOException {
        Path published = job("one", SEED, 1, false).run();

        assertThat(ArtifactReader.open(published).manifest().seed()).contains(SEED);
        assertThat(Files.readString(published.resolve("report.html"))).doesNotContain("Models by seed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "seed 1 of 3  epoch 2/4",
                "seed 1 of 3  epoch 4/4",
                "seed 2 of 3  epoch 1/4",
                "seed 2 of 3  epoch 4/4",
                "seed 3 of 3  epoch 3/4"
            })
    void train_stoppedAndResumed_givesSameWeightsAndTrainsNoEpochAgain(String moment) throws IOException {
        List<TrainedSeed> straight = train("straight", SEED, 3, false, new StopSignal(), printed);
        printed.reset();
        StopSignal stop = new StopSignal();
        OutputStream out = stopAfter(stop, moment);
        assertThatThrownBy(() -> train("stopped", SEED, 3, false, stop, out))
                .isInstanceOf(TrainingStoppedException.class);
        long before = epochLines(out.toString());

        List<TrainedSeed> resumed = train("stopped", SEED, 3, true, new StopSignal(), printed);

        assertThat(weights(resumed)).usingElementComparator(Arrays::compare).isEqualTo(weights(straight));
        assertThat(resumed.stream().map(seed -> seed.result().best().valid()))
                .isEqualTo(straight.stream()
                        .map(seed -> seed.result().best().valid())
                        .toList());
        assertThat(before + epochLines(output())).isEqualTo(12);
        assertThat(output()).contains("seed 1 of 3  resuming after epoch");
    }

    @Test
    void run_stoppedAfterTraining_resumesWithoutTraining() throws IOException {
        StopSignal stop = new StopSignal();
        OutputStream out = stopAfter(stop, "linear view as walk");
        assertThatThrownBy(() -> job("stopped", SEED, 2, false, stop, out).run())
                .isInstanceOf(TrainingStoppedException.class)
                .hasMessageContaining("after the last epoch");

        job("stopped", SEED, 2, true).run();

        assertThat(epochLines(output())).isZero();
        assertThat(output()).contains("seed 2 of 2  resuming after epoch 4", "published");
    }

    @Test
    void train_resumedWithMoreSeeds_equalsUninterruptedRun() throws IOException {
        train("resumed", SEED, 1, false, new StopSignal(), printed);

        List<TrainedSeed> resumed = train("resumed", SEED, 2, true, new StopSignal(), printed);

        assertThat(weights(resumed))
                .usingElementComparator(Arrays::compare)
                .isEqualTo(weights(train("straight", SEED, 2, false, new StopSignal(), printed)));
    }

    @Test
    void run_resumedWithAnotherSeed_isRejected() {
        StopSignal stop = new StopSignal();
        assertThatThrownBy(() -> job("stopped", SEED, 2, false, stop, stopAfter(stop, "seed 2 of 2  epoch 1/4"))
                        .run())
                .hasMessageContaining("stopped in seed 2 of 2 after 1 finished epoch");

        assertThatThrownBy(() -> job("stopped", SEED + 1, 2, true).run())
                .hasMessageContaining("belongs to another run: its seed is 5, not 6");
    }

    @Test
    void run_withoutResume_setsAllSeedsAside() {
        StopSignal stop = new StopSignal();
        assertThatThrownBy(() -> job("stopped", SEED, 2, false, stop, stopAfter(stop, "seed 2 of 2  epoch 1/4"))
                        .run())
                .isInstanceOf(TrainingStoppedException.class);
        StopSignal again = new StopSignal();
        again.request();

        assertThatThrownBy(() -> job("stopped", SEED, 2, false, again, printed).run())
                .isInstanceOf(TrainingStoppedException.class);

        Path model = directory.resolve("artifacts/stopped");
        assertThat(model.resolve(".checkpoint.old/seed-2/checkpoint.json")).exists();
        assertThat(model.resolve(".checkpoint/seed-2")).doesNotExist();
        job("stopped", SEED, 2, false).run();
        assertThat(model.resolve(".checkpoint.old")).doesNotExist();
    }

    @Test
    void run_seedsAndPublishedModelAndIndex_areCombined() throws IOException {
        Path other = job("other", SEED, 1, false).run();
        family = "t-diffrec";
        ensemble = List.of(other);
        indexFrom = 1;

        Path all = job("all", SEED, 2, false).run();

        List<Member> members = ArtifactReader.open(all).members();
        assertThat(members.stream().map(Member::family)).startsWith("t-diffrec").endsWith("diffrec");
        assertThat(members.getLast().seed()).contains(SEED);
        assertThat(Files.readAllBytes(members.getLast().weights()))
                .isEqualTo(Files.readAllBytes(ArtifactReader.open(other).weights()));
        assertThat(ArtifactReader.open(all).manifest().metrics()).containsKeys("t-diffrec", "diffrec", "linear");
        assertThat(output()).contains("building the index");
    }

    @Test
    void run_searchThenSeeds_trainsFoundSettingsWithEachSeed() {
        search = Optional.of(new SearchRequest(Duration.ofNanos(1), Optional.empty()));

        job("searched", SEED, 2, false).run();

        assertThat(output()).contains("best of 1 trials", "seed 2 of 2  epoch 4/4");
    }

    private TrainingJob job(String name, long seed, int seeds, boolean resume) {
        return job(name, seed, seeds, resume, new StopSignal(), printed);
    }

    private TrainingJob job(String name, long seed, int seeds, boolean resume, StopSignal stop, OutputStream out) {
        return new TrainingJob(request(name, seed, seeds, resume), print(out), stop, false);
    }

    /// Trains without publication.
    private List<TrainedSeed> train(
            String name, long seed, int seeds, boolean resume, StopSignal stop, OutputStream out) throws IOException {
        TrainingRequest request = request(name, seed, seeds, resume);
        Dataset dataset = DatasetReader.read(request.data());
        TrainerFamily<?> trainer = TrainerFamily.named(family);
        JobSettings settings = JobSettings.of(request, trainer);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            var context = new TrainingContext(
                    request,
                    trainer,
                    List.of(),
                    dataset,
                    Validation.of(dataset),
                    new Checkpoint(request.modelDirectory()),
                    new StageProfiler(),
                    print(out),
                    stop,
                    false,
                    manager);
            return new SeedTraining(context, settings).train(settings.open(dataset, seed, manager));
        }
    }

    private static PrintStream print(OutputStream out) {
        return new PrintStream(out, true, StandardCharsets.UTF_8);
    }

    private TrainingRequest request(String name, long seed, int seeds, boolean resume) {
        return new TrainingRequest(
                DatasetSource.of(directory.resolve("data")),
                family,
                directory.resolve("artifacts"),
                Optional.of(name),
                OptionalInt.of(4),
                seed,
                Optional.of(config),
                "cpu",
                resume,
                indexFrom,
                new GateSettings(1, true),
                seeds,
                ensemble,
                search);
    }

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

    private String output() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    private static long epochLines(String output) {
        return output.lines()
                .filter(line -> line.contains("epoch ") && line.contains(" loss "))
                .count();
    }

    private static List<byte[]> weights(List<TrainedSeed> trained) throws IOException {
        List<byte[]> weights = new ArrayList<>();
        for (TrainedSeed seed : trained) {
            weights.add(Files.readAllBytes(seed.member().weights()));
        }
        return weights;
    }
}
