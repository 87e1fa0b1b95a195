package io.diffmm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.diffmm.artifacts.Artifact;
import io.diffmm.artifacts.ArtifactLocator;
import io.diffmm.artifacts.ArtifactReader;
import io.diffmm.model.Recommender;
import io.diffmm.model.Recommender.RankingQuery;
import io.diffmm.model.StageTimes;
import io.diffmm.model.UserHistory;
import io.diffmm.model.blend.ModelFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class GenerateCommandTest {

    @TempDir
    Path directory;

    private final StringWriter printed = new StringWriter();
    private final StringWriter complained = new StringWriter();
    private final CommandLine commandLine = new CommandLine(new GenerateCommand())
            .setOut(new PrintWriter(printed))
            .setErr(new PrintWriter(complained));

    @Test
    void generate_newDirectory_writesTheDatasetAndSaysSo() {
        Path out = directory.resolve("demo");

        int exit = commandLine.execute("--out", out.toString(), "--users", "20", "--items", "70", "--seed", "3");

        assertThat(exit).isZero();
        assertThat(out).isDirectoryContaining("glob:**/train.csv");
        assertThat(printed.toString())
                .startsWith(out + ": 20 users, 70 items; ")
                .contains("interactions for training");
    }

    @Test
    void generate_tooFewItems_isAUsageError() {
        int exit = commandLine.execute("--out", directory.toString(), "--items", "3");

        assertThat(exit).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(complained.toString()).startsWith("items is 3; at least 60 are needed");
    }

    @Test
    void generate_noOut_isAUsageError() {
        assertThat(commandLine.execute()).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(complained.toString()).contains("--out");
    }

    @Test
    void generate_artifact_publishesAModelThatServes() {
        Path out = directory.resolve("models");

        int exit = commandLine.execute(
                "--artifact", "--out", out.toString(), "--users", "30", "--items", "500", "--hidden", "24");

        assertThat(exit).isZero();
        assertThat(printed.toString()).startsWith("published " + out).contains("500 items, untrained");
        Artifact artifact = ArtifactReader.open(ArtifactLocator.resolve(out, Optional.of("synthetic")));
        assertThat(artifact.manifest().metrics()).isEmpty();
        assertThat(artifact.manifest().dataset().fingerprint()).isEqualTo("synthetic-untrained-seed-42");
        assertThat(best(artifact)).hasSize(20).doesNotHaveDuplicates();
    }

    private static List<Integer> best(Artifact artifact) {
        int[] history = artifact.contents().histories().row(0);
        var query = new RankingQuery(new UserHistory(OptionalInt.of(0), history), new BitSet(), 20);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                Recommender recommender = ModelFiles.of(
                                "diffmm", artifact.manifest().settings(), artifact.weights())
                        .load(manager)) {
            int[] rows = recommender
                    .recommend(List.of(query), new StageTimes())
                    .getFirst()
                    .rows();
            return Arrays.stream(rows).boxed().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void generate_artifactWithAForbiddenNameOrSize_isAUsageError() {
        for (String[] wrong : new String[][] {{"--name", "../x"}, {"--modalities", "4"}, {"--hidden", "0"}}) {
            int exit = commandLine.execute("--artifact", "--out", directory.toString(), wrong[0], wrong[1]);
            assertThat(exit).isEqualTo(CommandLine.ExitCode.USAGE);
        }
        assertThat(complained.toString()).contains("modalities is 4; 1 to 3 are possible");
    }
}
