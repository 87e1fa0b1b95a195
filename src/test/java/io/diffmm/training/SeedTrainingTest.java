package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.artifacts.Artifact;
import io.diffmm.artifacts.Artifact.Member;
import io.diffmm.artifacts.ArtifactReader;
import io.diffmm.datasets.reading.DatasetSource;
import io.diffmm.demo.DemoDataset;
import io.diffmm.demo.DemoDataset.DemoSettings;
import io.diffmm.training.StopSignal.TrainingStoppedException;
import io.diffmm.training.TrainingRequest.GateSettings;
import io.diffmm.training.TrainingRequest.SearchRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
    private int indexFrom = 1_000;
    private List<Path> ensemble = List.of();
    private Optional<SearchRequest> search = Optional.empty();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @BeforeEach
    void generate() throws IOException {
        DemoDataset.generate(new DemoSettings(40, 60, 7), directory.resolve("data"));
    }

    @Test
    void run_twoSeeds_trainsEachAsAJobOfItsOwnWould() throws IOException {
        Path both = job("both", SEED, 2, false).run();

        assertThat(trained(both).getFirst())
                .isEqualTo(weights(job("first", SEED, 1, false).run()));
        assertThat(trained(both).getLast())
                .isEqualTo(weights(job("second", SEED + 1, 1, false).run()));
        assertThat(output())
                .contains("seed 1 of 2  epoch 1/4", "seed 2 of 2  epoch 4/4")
                .containsPattern("best epochs \\d, \\d of 2 seeds: valid recall@20");
        assertThat(directory.resolve("artifacts/both/.checkpoint")).doesNotExist();
    }

    @Test
    void run_twoSeeds_recordsSeedsInManifestAndReport() throws IOException {
        Path published = job("both", SEED, 2, false).run();

        Artifact artifact = ArtifactReader.open(published);
        assertThat(artifact.members().stream().map(Member::family)).containsExactly("diffrec", "diffrec");
        assertThat(artifact.members().stream().map(Member::seed))
                .containsExactly(Optional.of(SEED), Optional.of(SEED + 1));
        assertThat(artifact.members().getLast().settings())
                .isEqualTo(artifact.members().getFirst().settings());
        JsonNode report = new JsonMapper().readTree(published.resolve("report.json"));
        assertThat(report.get("seeds")
                        .valueStream()
                        .map(seed -> seed.get("seed").asLong()))
                .containsExactly(SEED, SEED + 1);
        assertThat(report.get("bestEpoch")).isEqualTo(report.at("/seeds/0/bestEpoch"));
        assertThat(report.get("curve")).hasSize(2);
        assertThat(report.get("stages")
                        .valueStream()
                        .map(stage -> stage.get("stage").asString()))
                .contains("train seed 1 of 2", "train seed 2 of 2");
        assertThat(Files.readString(published.resolve("report.html"))).contains("trained with 2 seeds");
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
    void run_stoppedAndResumed_givesSameModelAndTrainsNoEpochAgain(String moment) throws IOException {
        Path straight = job("straight", SEED, 3, false).run();
        printed.reset();
        StopSignal stop = new StopSignal();
        OutputStream out = stopAfter(stop, moment);
        assertThatThrownBy(() -> job("stopped", SEED, 3, false, stop, out).run())
                .isInstanceOf(TrainingStoppedException.class);
        long before = epochLines(out.toString());

        Path resumed = job("stopped", SEED, 3, true).run();

        assertThat(trained(resumed)).usingElementComparator(Arrays::compare).isEqualTo(trained(straight));
        assertThat(before + epochLines(output())).isEqualTo(12);
        assertThat(ArtifactReader.open(resumed).manifest().blend())
                .isEqualTo(ArtifactReader.open(straight).manifest().blend());
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
    void run_resumedWithMoreSeeds_equalsUninterruptedRun() throws IOException {
        StopSignal stop = new StopSignal();
        assertThatThrownBy(() -> job("stopped", SEED, 1, false, stop, stopAfter(stop, "epoch 4/4"))
                        .run())
                .isInstanceOf(TrainingStoppedException.class);

        Path resumed = job("stopped", SEED, 2, true).run();

        assertThat(trained(resumed))
                .usingElementComparator(Arrays::compare)
                .isEqualTo(trained(job("straight", SEED, 2, false).run()));
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
    void run_seedsAndPublishedModelAndIndex_joinsAll() {
        Path other = job("other", SEED, 1, false).run();
        family = "t-diffrec";
        ensemble = List.of(other);
        indexFrom = 1;

        Path all = job("all", SEED, 2, false).run();

        assertThat(ArtifactReader.open(all).members().stream().map(Member::family))
                .containsExactly("t-diffrec", "t-diffrec", "diffrec");
        assertThat(trained(all).getLast()).isEqualTo(weights(other));
        assertThat(ArtifactReader.open(all).manifest().metrics())
                .containsKeys("t-diffrec", "t-diffrec#2", "diffrec", "linear");
        assertThat(output()).contains("building the index");
    }

    @Test
    void run_searchThenSeeds_trainsFoundSettingsWithEachSeed() {
        search = Optional.of(new SearchRequest(Duration.ofNanos(1), Optional.empty()));

        Path published = job("searched", SEED, 2, false).run();

        assertThat(ArtifactReader.open(published).members().stream().map(Member::seed))
                .containsExactly(Optional.of(SEED), Optional.of(SEED + 1));
        assertThat(output()).contains("best of 1 trials", "seed 2 of 2  epoch 4/4");
    }

    private TrainingJob job(String name, long seed, int seeds, boolean resume) {
        return job(name, seed, seeds, resume, new StopSignal(), printed);
    }

    private TrainingJob job(String name, long seed, int seeds, boolean resume, StopSignal stop, OutputStream out) {
        TrainingRequest request = new TrainingRequest(
                DatasetSource.of(directory.resolve("data")),
                family,
                directory.resolve("artifacts"),
                Optional.of(name),
                OptionalInt.of(4),
                seed,
                Optional.of("demo"),
                "cpu",
                resume,
                indexFrom,
                new GateSettings(1, true),
                seeds,
                ensemble,
                search);
        return new TrainingJob(request, new PrintStream(out, true, StandardCharsets.UTF_8), stop, false);
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

    /// Returns the weights of the models of the trained family.
    private static List<byte[]> trained(Path version) {
        return ArtifactReader.open(version).members().stream()
                .map(member -> bytes(member.weights()))
                .toList();
    }

    private static byte[] weights(Path version) {
        return bytes(ArtifactReader.open(version).weights());
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
