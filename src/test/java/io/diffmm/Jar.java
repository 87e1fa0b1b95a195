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

/// The packaged jar as a process of its own, the way a user runs it.
final class Jar {

    /// The argument that says where a server keeps interactions.
    static final String INTERACTIONS = "--diffmm.interactions.directory=";

    private static final Duration LIMIT = Duration.ofMinutes(10);

    private Jar() {}

    /// What a finished process left.
    record Result(int exitCode, String out, String err) {}

    /// Runs a command to its end.
    static Result run(Path directory, String... arguments) throws IOException, InterruptedException {
        Running running = start(directory, arguments);
        return running.await();
    }

    /// Starts a command.
    static Running start(Path directory, String... arguments) throws IOException {
        return start(List.of("-Xmx1g"), directory, arguments);
    }

    /// Starts a command with other options of the virtual machine. A server keeps its interactions in a new folder in
    /// `directory`, unless an argument says where.
    static Running start(List<String> options, Path directory, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-jar", System.getProperty("diffmm.jar")));
        command.addAll(List.of(arguments));
        if (arguments[0].equals("serve") && Stream.of(arguments).noneMatch(own -> own.startsWith(INTERACTIONS))) {
            command.add(INTERACTIONS + Files.createTempDirectory(directory, "interactions"));
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

    /// A process at work; killed when closed.
    record Running(Process process, Path outFile, Path errFile) implements AutoCloseable {

        String out() throws IOException {
            return Files.readString(outFile, StandardCharsets.UTF_8);
        }

        String err() throws IOException {
            return Files.readString(errFile, StandardCharsets.UTF_8);
        }

        /// Waits for its end.
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

        /// Waits until it has printed `text`.
        void awaitOutput(String text) throws IOException, InterruptedException {
            long deadline = System.nanoTime() + LIMIT.toNanos();
            while (!out().contains(text)) {
                if (System.nanoTime() > deadline || process.waitFor(20, TimeUnit.MILLISECONDS)) {
                    throw new AssertionError("did not print '%s': %s%s".formatted(text, out(), err()));
                }
            }
        }

        /// Kills it (-9) and waits for the end.
        Result kill() throws IOException, InterruptedException {
            process.destroyForcibly();
            return await();
        }

        @Override
        public void close() {
            process.destroyForcibly();
            process.onExit().join(); // it writes to folders that are deleted next
        }
    }
}
