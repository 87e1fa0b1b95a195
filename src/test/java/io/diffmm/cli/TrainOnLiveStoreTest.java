package io.diffmm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.artifacts.Artifact;
import io.diffmm.artifacts.ArtifactLocator;
import io.diffmm.artifacts.ArtifactReader;
import io.diffmm.datasets.reading.LiveTables;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// Training on interactions that a server has recorded.
class TrainOnLiveStoreTest {

    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    private static final int USERS = 60;
    private static final int ITEMS_PER_GROUP = 12;
    private static final int GROUPS = 4;

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private String url = "";

    @BeforeEach
    void place() {
        url = "jdbc:h2:file:%s;USER=me;PASSWORD=hush".formatted(directory.resolve("interactions"));
    }

    /// Records up to eight items for each user, all from one of four groups of items.
    private void recordInteractions() {
        var tables = new LiveTables(
                url.substring(0, url.indexOf(';'))
                        + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;AUTO_SERVER=TRUE",
                "me",
                "hush");
        var random = new SplittableRandom(5);
        tables.migrated();
        tables.interactions(IntStream.range(0, 8 * USERS)
                .mapToObj(row -> {
                    int user = row % USERS;
                    int item = user % GROUPS + GROUPS * random.nextInt(ITEMS_PER_GROUP);
                    return LiveTables.row("u" + user, "v" + item, NOON.plusSeconds(row));
                })
                .toList());
    }

    @Test
    void train_onTheStoreAlone_publishes() throws IOException {
        recordInteractions();
        Path config = Files.writeString(
                directory.resolve("small.yaml"),
                "{preset: demo, diffusion: {hidden: [16]}, optimisation: {epochs: 20}}");

        int code = train("--name", "shop", "--config", config.toString());

        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        Path published = ArtifactLocator.resolve(directory.resolve("artifacts"), Optional.of("shop"));
        Artifact artifact = ArtifactReader.open(published);
        assertThat(artifact.manifest().family()).isEqualTo("t-diffrec");
        assertThat(artifact.contents().users().size()).isEqualTo(USERS);
        assertThat(artifact.contents().items().size()).isEqualTo(GROUPS * ITEMS_PER_GROUP);
        assertThat(artifact.contents().probes())
                .hasSize(8)
                .allSatisfy(probe -> assertThat(probe.items()).isNotEmpty());
        long[] times = artifact.contents().times().orElseThrow().row(0);
        assertThat(times[0]).as("when u0 began").isEqualTo(TimeUnit.SECONDS.toMicros(NOON.getEpochSecond()));
        for (String file : new String[] {"manifest.json", "report.json", "report.html"}) {
            assertThat(published.resolve(file)).content().doesNotContain("hush", "jdbc:");
        }
        assertThat(Files.readString(published.resolve("report.html"))).contains("live interactions");
    }

    @Test
    void train_onTheStoreAlone_needsAName() {
        assertThat(train()).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("error: --data has no directory from which to take the model's name; use --name NAME")
                .doesNotContain("hush");
    }

    @Test
    void train_valuesTooMany_doNotShowAPassword() {
        assertThat(train(url)).isEqualTo(2);
        assertThat(err.toString()).startsWith("error: ").doesNotContain("hush");
    }

    @Test
    void train_onAStoreThatIsNotThere_failsInOneLine() {
        url = url.replace("interactions", "typo");

        assertThat(train("--name", "shop")).isEqualTo(1);
        assertThat(err.toString().lines())
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("error: jdbc:h2:file:%s: there is no such database"
                                .formatted(directory.resolve("typo")))
                        .doesNotContain("hush"));
    }

    private int train(String... more) {
        CommandLine line = Commands.commandLine(_ -> 0);
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        String[] always = {
            "train",
            "--data",
            url,
            "--model",
            "t-diffrec",
            "--artifacts",
            directory.resolve("artifacts").toString()
        };
        String[] all = new String[always.length + more.length];
        System.arraycopy(always, 0, all, 0, always.length);
        System.arraycopy(more, 0, all, always.length, more.length);
        return line.execute(all);
    }
}
