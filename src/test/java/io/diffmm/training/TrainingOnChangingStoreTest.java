package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.datasets.reading.DatasetSource;
import io.diffmm.datasets.reading.DatasetSource.LiveInteractions;
import io.diffmm.datasets.reading.DatasetSource.Split;
import io.diffmm.datasets.reading.LiveTables;
import io.diffmm.training.StopSignal.TrainingStoppedException;
import io.diffmm.training.TrainingRequest.GateSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Interrupted runs on an interaction store that changes in the meantime.
class TrainingOnChangingStoreTest {

    private static final Instant BEFORE = LiveTables.RECORDED.plusSeconds(1);

    @TempDir
    Path directory;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final LiveTables tables = new LiveTables(
            "jdbc:h2:mem:moving;DB_CLOSE_DELAY=-1;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH",
            "sa",
            "");
    private String config = "";

    @BeforeEach
    void collect() throws IOException {
        config = Files.writeString(
                        directory.resolve("small.yaml"),
                        "{preset: demo, diffusion: {hidden: [4]}, optimisation: {epochs: 3, interval: 1}}")
                .toString();
        tables.migrated();
        tables.clear();
        for (int user = 0; user < 12; user++) {
            for (int at = 0; at < 6; at++) {
                tables.interaction("u" + user, "v" + (2 * ((user + at * at) % 10) + user % 2), BEFORE.plusSeconds(at));
            }
        }
    }

    @Test
    void resume_afterNewInteractions_isRejected() {
        interrupt(Optional.empty());
        tables.interaction("u0", "v19", BEFORE.plusSeconds(99));

        assertThatThrownBy(() -> job(Optional.empty(), true, new StopSignal()).run())
                .hasMessageContaining("belongs to another run: its dataset is")
                .hasMessageContaining("train without --resume");
    }

    @Test
    void resume_withUpperTimeBound_readsSameData() {
        interrupt(Optional.of(BEFORE));
        tables.interaction("u0", "v19", BEFORE.plusSeconds(99), 1, BEFORE);

        assertThat(job(Optional.of(BEFORE), true, new StopSignal()).run()).isDirectory();
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("resuming after epoch 0");
    }

    @Test
    void run_noUserWithTwoItems_hasNothingToValidateOn() {
        tables.clear();
        tables.interaction("u0", "v1", BEFORE);
        tables.interaction("u0", "v1", BEFORE.plusSeconds(1));

        assertThatThrownBy(() -> job(Optional.empty(), false, new StopSignal()).run())
                .hasMessageStartingWith("valid contains no known item");
    }

    private void interrupt(Optional<Instant> until) {
        StopSignal stop = new StopSignal();
        stop.request();
        assertThatThrownBy(() -> job(until, false, stop).run()).isInstanceOf(TrainingStoppedException.class);
    }

    private TrainingJob job(Optional<Instant> until, boolean resume, StopSignal stop) {
        var request = new TrainingRequest(
                new DatasetSource.Live(
                        new LiveInteractions(tables.address(), OptionalDouble.empty(), until),
                        Optional.empty(),
                        new Split.LeaveLastOut()),
                "t-diffrec",
                directory.resolve("artifacts"),
                Optional.of("shop"),
                OptionalInt.empty(),
                1,
                Optional.of(config),
                "cpu",
                resume,
                100,
                new GateSettings(1, true),
                1,
                List.of(),
                Optional.empty());
        return new TrainingJob(request, new PrintStream(printed, true, StandardCharsets.UTF_8), stop, false);
    }
}
