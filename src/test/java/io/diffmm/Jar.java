package io.diffmm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Runs the packaged jar in a separate process.
final class Jar {

    /// Argument for the directory of a server's embedded database.
    static final String INTERACTIONS = "--diffmm.interactions.directory=";
    private static final String WARM_UP = "--diffmm.warm-up.time=";

    private static final Duration LIMIT = Duration.ofMinutes(10);

    private Jar() {}

    /// Exit code and output of a finished process.
    record Result(int exitCode, String out, String err) {}

    /// Runs a command and waits for its end.
    static Result run(Path directory, String... arguments) throws IOException, InterruptedException {
        Running running = start(directory, arguments);
        return running.await();
    }

    /// Starts a command.
    static Running start(Path directory, String... arguments) throws IOException {
        return start(List.of("-Xmx1g"), directory, arguments);
    }

    /// Starts a command with other JVM options. Unless an argument sets them, a server gets a new database directory
    /// below `directory`, and no warm-up.
    static Running start(List<String> options, Path directory, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-jar", System.getProperty("diffmm.jar")));
        command.addAll(List.of(arguments));
        if (arguments[0].equals("serve") && Stream.of(arguments).noneMatch(own -> own.startsWith(INTERACTIONS))) {
            command.add(INTERACTIONS + Files.createTempDirectory(directory, "interactions"));
        }
        if (arguments[0].equals("serve") && Stream.of(arguments).noneMatch(own -> own.startsWith(WARM_UP))) {
            command.add(WARM_UP + "0");
        }
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path err = Files.createTempFile(directory, "err", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        return new Running(process, out, err);
    }

    /// Running process, killed on close.
    record Running(Process process, Path outFile, Path errFile) implements AutoCloseable {

        String out() throws IOException {
            return Files.readString(outFile, StandardCharsets.UTF_8);
        }

        String err() throws IOException {
            return Files.readString(errFile, StandardCharsets.UTF_8);
        }

        /// Waits for the end of the process.
        Result await() throws IOException, InterruptedException {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("did not end within %s: %s".formatted(LIMIT, err()));
            }
            return new Result(process.exitValue(), out(), err());
        }

        /// Sends SIGTERM and waits for the end.
        Result terminate() throws IOException, InterruptedException {
            process.destroy();
            return await();
        }

        /// Waits until the process has printed `text`.
        void awaitOutput(String text) throws IOException, InterruptedException {
            long deadline = System.nanoTime() + LIMIT.toNanos();
            while (!out().contains(text)) {
                if (System.nanoTime() > deadline || process.waitFor(20, TimeUnit.MILLISECONDS)) {
                    throw new AssertionError("did not print '%s': %s%s".formatted(text, out(), err()));
                }
            }
        }

        /// Sends SIGKILL and waits for the end.
        Result kill() throws IOException, InterruptedException {
            process.destroyForcibly();
            return await();
        }

        @Override
        public void close() {
            process.destroyForcibly();
            process.onExit().join(); // it writes to directories that are deleted next
        }
    }
}
