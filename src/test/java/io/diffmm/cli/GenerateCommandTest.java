package io.diffmm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
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
                .contains("interactions to train on");
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
}
