package io.diffmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.demo.DemoDataset;
import io.diffmm.demo.DemoDataset.DemoSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Interrupted training with the packaged jar: the current version stays current, and `--resume` continues.
class InterruptedTrainingIT {

    private static final String SMALL =
            "{preset: demo, embedding-size: 8, diffusion: {hidden: [8]}, optimisation: {epochs: 5, patience: 5}}";

    private static final String USUAL = "-Xmx1g";

    @TempDir
    static Path directory;

    private static Path artifacts;
    private static Path current;

    @BeforeAll
    static void trainOnce() throws Exception {
        artifacts = directory.resolve("artifacts");
        Files.writeString(directory.resolve("small.yaml"), SMALL);
        DemoDataset.generate(new DemoSettings(120, 60, 7), directory.resolve("data"));
        Jar.Result trained = run(train());
        assertThat(trained.exitCode()).as(trained.err()).isZero();
        current = artifacts.resolve("data/current");
    }

    /// After every test, the current version is complete and has its report.
    @AfterEach
    void currentIsWhole() throws IOException {
        Path version =
                artifacts.resolve("data").resolve(Files.readString(current).strip());
        JsonNode files =
                new JsonMapper().readTree(version.resolve("manifest.json")).get("files");
        assertThat(files.propertyNames()).contains("report.html", "report.json", "weights.safetensors");
        for (String file : files.propertyNames()) {
            assertThat(version.resolve(file))
                    .hasSize(files.get(file).get("bytes").asLong());
        }
    }

    @Test
    void killed_keepsCurrent_andResumes() throws Exception {
        String before = Files.readString(current);
        for (String point : List.of("epoch 2/5", "best epoch")) {
            try (Jar.Running running = start(USUAL, train("--resume"))) {
                running.awaitOutput(point);
                assertThat(running.kill().exitCode()).isEqualTo(137);
            }
            if (!Files.readString(current).equals(before)) {
                return; // published before the signal arrived
            }
        }

        assertResumes("resuming after epoch 5");
    }

    @Test
    void outOfDiskAndThenOfMemory_keepsCurrent_andResumes() throws Exception {
        String before = Files.readString(current);
        try (Jar.Running running = start(USUAL, train())) {
            running.awaitOutput("epoch 1/5");
            assertThat(limitFiles(running.process().pid(), 8192))
                    .as("prlimit, of util-linux")
                    .isTrue();
            Jar.Result noDisk = running.await();
            assertThat(noDisk.exitCode()).isEqualTo(1);
            assertThat(noDisk.err())
                    .contains("error: ")
                    .contains("File too large")
                    .doesNotContain("\tat ");
        }
        assertThat(Files.readString(current)).isEqualTo(before);

        try (Jar.Running running = start("-Xmx12m", train("--resume"))) {
            Jar.Result noMemory = running.await();
            assertThat(noMemory.exitCode()).as(noMemory.out()).isEqualTo(1);
            assertThat(noMemory.err()).contains("emory");
        }
        assertThat(Files.readString(current)).isEqualTo(before);

        assertResumes("resuming after epoch");
    }

    @Test
    void worseModel_isKeptUnpublished_untilItIsForced() throws Exception {
        String before = Files.readString(current);
        String[] worse = command("worse.yaml", "0.001");
        Files.writeString(directory.resolve("worse.yaml"), """
                preset: demo
                embedding-size: 8
                diffusion: {hidden: [8], start: random, learning-rate: 1e-9}
                optimisation: {epochs: 1, learning-rate: 1e-9}
                views: {linear: {links: 1, walk-steps: 1, feature-share: 0, closed-form-items: 0}}
                """);

        Jar.Result refused = run(worse);

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("error: not published: NDCG@20", "tolerance", "--force");
        assertThat(refused.err().lines()).hasSize(1);
        assertThat(Files.readString(current)).isEqualTo(before);
        Path candidate;
        try (Stream<Path> candidates = Files.list(artifacts.resolve("data/unpublished"))) {
            candidate = candidates.findFirst().orElseThrow();
        }
        assertThat(candidate.resolve("report.html")).isRegularFile();

        Jar.Result forced = run(with(worse, "--resume", "--force"));

        assertThat(forced.exitCode()).as(forced.err()).isZero();
        assertThat(forced.out()).contains("resuming after epoch 1").contains("publishing by force");
        Path version =
                artifacts.resolve("data").resolve(Files.readString(current).strip());
        assertThat(new JsonMapper()
                        .readTree(version.resolve("manifest.json"))
                        .at("/gate/forced")
                        .asBoolean())
                .isTrue();
    }

    private static Jar.Result run(String... arguments) throws Exception {
        try (Jar.Running running = start(USUAL, arguments)) {
            return running.await();
        }
    }

    /// Starts a command with JVM options for short processes.
    private static Jar.Running start(String heap, String... arguments) throws IOException {
        return Jar.start(List.of(heap, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"), directory, arguments);
    }

    private static void assertResumes(String printed) throws Exception {
        Jar.Result resumed = run(train("--resume"));
        assertThat(resumed.exitCode()).as(resumed.err()).isZero();
        assertThat(resumed.out()).contains(printed, "published ");
        assertThat(artifacts.resolve("data/.checkpoint")).doesNotExist();
    }

    private static String[] train(String... more) {
        return with(command("small.yaml", "1"), more);
    }

    private static String[] command(String config, String tolerance) {
        return new String[] {
            "train", "--data", "data", "--artifacts", "artifacts", "--config", config, "--tolerance", tolerance
        };
    }

    private static String[] with(String[] arguments, String... more) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    /// Limits the file size of a running process, which has the effect of a full disk.
    private static boolean limitFiles(long pid, long bytes) throws InterruptedException {
        try {
            Process limit = new ProcessBuilder("prlimit", "--pid", String.valueOf(pid), "--fsize=" + bytes).start();
            return limit.waitFor(10, TimeUnit.SECONDS) && limit.exitValue() == 0;
        } catch (IOException _) {
            return false;
        }
    }
}
