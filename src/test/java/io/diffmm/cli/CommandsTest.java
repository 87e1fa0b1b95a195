package io.diffmm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandsTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<String> served = new ArrayList<>();

    @Test
    void noCommand_serves() {
        assertThat(execute()).isZero();
        assertThat(execute("--port", "8081")).isZero();
        assertThat(served).containsExactly("--server.port=8081");
    }

    @Test
    void serve_passesOptionsAndPropertiesOn() {
        int code = execute("serve", "--artifacts", "/models", "--name=films", "--port=0", "--diffmm.device=cpu");

        assertThat(code).isZero();
        assertThat(served)
                .containsExactly(
                        "--diffmm.artifacts.directory=/models",
                        "--diffmm.artifacts.name=films",
                        "--server.port=0",
                        "--diffmm.device=cpu");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--port=x", "--port=70000", "--port=-1", "--artifacts", "stray", "--flag", "-x"})
    void serve_wrongUsage_exitsWithTwo(String argument) {
        assertThat(execute("serve", argument)).isEqualTo(2);
        assertThat(err.toString()).startsWith("error: ").contains("Try 'diffmm-server serve --help'.");
        assertThat(served).isEmpty();
    }

    @Test
    void unknownCommand_exitsWithTwo() {
        assertThat(execute("sevre")).isEqualTo(2);
        assertThat(err.toString()).startsWith("error: ");
    }

    @Test
    void failure_exitsWithOneAndOneLine() {
        int code = run(_ -> {
            throw new IllegalStateException("first\n  second");
        });

        assertThat(code).isEqualTo(1);
        assertThat(err.toString().lines()).containsExactly("error: first second");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:postgresql://db/a?password=x%26y&user=me is odd | jdbc:postgresql://db/a?password=***&user=me is odd",
                "jdbc:h2:a;PASSWORD=x\\;y;MODE=z                       | jdbc:h2:a;PASSWORD=***;MODE=z",
                "jdbc:postgresql://me:x@db/a                          | jdbc:postgresql://***@db/a",
                "wrong user name or password: x                       | wrong user name or password: x",
            })
    void failure_quotesNoPassword(String message, String shown) {
        run(_ -> {
            throw new IllegalStateException(message);
        });

        assertThat(err.toString().lines()).containsExactly("error: " + shown);
    }

    @Test
    void failureWithoutMessage_isNamed() {
        run(_ -> {
            throw new UnsupportedOperationException();
        });

        assertThat(err.toString().lines()).containsExactly("error: java.lang.UnsupportedOperationException");
    }

    @Test
    void serverThatCannotStart_exitsWithItsCode() {
        assertThat(run(_ -> 1)).isEqualTo(1);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void help_listsTheCommands() {
        assertThat(execute("--help")).isZero();
        assertThat(out.toString()).contains("serve").contains("--version");
        assertThat(execute("serve", "--help")).isZero();
        assertThat(out.toString()).contains("--artifacts=DIR").contains("--port=N");
        assertThat(served).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--version", "serve --version", "train --version", "evaluate --version", "generate --version"})
    void version_isPrinted(String arguments) {
        assertThat(execute(arguments.split(" "))).isZero();
        assertThat(out.toString()).startsWith("diffmm-server ");
    }

    private int execute(String... arguments) {
        return run(
                properties -> {
                    served.addAll(properties);
                    return 0;
                },
                arguments);
    }

    private int run(Commands.Server server, String... arguments) {
        CommandLine line = Commands.commandLine(server);
        return line.setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(Commands.withCommand(arguments));
    }
}
