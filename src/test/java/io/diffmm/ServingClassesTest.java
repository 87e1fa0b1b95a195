package io.diffmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Classes that a serving process loads: a server in a separate process answers a request and logs its classes.
class ServingClassesTest {

    private static final Pattern LOADED = Pattern.compile("(?m)\\](?:\\[[^]]*\\])* (io\\.diffmm\\.[\\w.$]+) source:");

    @TempDir
    Path directory;

    @Test
    void serve_loadsNoTrainer() throws Exception {
        Set<String> loaded = classesOfAServer();

        assertThat(loaded)
                .contains("io.diffmm.families.diffmm.DiffMmFamily", "io.diffmm.families.ldiffrec.LDiffRecFamily");
        assertThat(loaded.stream().filter(ServingClassesTest::isOfTraining)).isEmpty();
    }

    private static boolean isOfTraining(String name) {
        return name.startsWith("io.diffmm.training.")
                || (name.startsWith("io.diffmm.families.") && name.contains("Trainer"));
    }

    private Set<String> classesOfAServer() throws Exception {
        Path log = directory.resolve("classes.txt");
        int port = Http.freePort();
        try (Jar.Running server = start(log, port);
                HttpClient client = HttpClient.newHttpClient()) {
            Http.awaitReady(client, port, server);
            assertThat(Http.get(client, port, "/users/u1/recommendations", 200).get("items"))
                    .isNotEmpty();
        }
        return LOADED.matcher(Files.readString(log))
                .results()
                .map((MatchResult line) -> line.group(1))
                .collect(Collectors.toSet());
    }

    private Jar.Running start(Path log, int port) throws IOException {
        Path out = directory.resolve("out.txt");
        Path err = directory.resolve("err.txt");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xlog:class+load=info:file=" + log,
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.diffmm.DiffMmServer",
                        "serve",
                        "--port",
                        Integer.toString(port),
                        "--artifacts",
                        Path.of("model-artifacts/demo").toAbsolutePath().toString(),
                        Jar.INTERACTIONS + directory.resolve("interactions")))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        return new Jar.Running(process, out, err);
    }
}
