package io.diffmm;

import static io.diffmm.Http.assertProblem;
import static io.diffmm.Http.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Malformed and hostile requests: each is rejected with a problem document, stores nothing and leaves the server
/// unaffected.
class HostileInteractionsIT {

    private static final String JSON = "application/json";
    private static final String NDJSON = "application/x-ndjson";
    private static final int MEGABYTE = 1 << 20;
    private static final int LARGE = 100 * MEGABYTE;
    private static final int BATCH = 100;

    @TempDir
    static Path directory;

    private static Server server;

    @BeforeAll
    static void start() throws Exception {
        server = Server.start(directory, "--diffmm.api.imports.max-body=101MB", "--diffmm.api.imports.batch=" + BATCH);
    }

    /// Rejected requests are the client's fault and leave no line in the log.
    @AfterAll
    static void stopAndReadTheLog() throws Exception {
        try (Server last = server) {
            assertThat(last.process().err()).doesNotContain(" ERROR ").doesNotContain("\tat ");
            assertThat(last.get("/actuator/health").statusCode()).isEqualTo(200);
        }
    }

    static Stream<String> notAnInteraction() {
        String future = Instant.now().plus(Duration.ofHours(1)).toString();
        return Stream.of(
                "",
                "null",
                "7",
                "\"v1\"",
                "{",
                "{\"itemId\": \"v1\"",
                "{\"itemId\": \"v1\"} {}",
                "{}",
                "{\"itemId\": null}",
                "{\"itemId\": 7}",
                "{\"itemId\": [\"v1\"]}",
                "{\"itemId\": \"\"}",
                "{\"itemId\": \"\\u0000\"}",
                "{\"itemId\": \"v\\ud800\"}",
                item("a".repeat(10_000)),
                "{\"itemId\": \"v1\", \"itemId\": \"v2\"}",
                "{\"itemId\": \"v1\", \"wieght\": 2}",
                with("weight", "NaN"),
                with("weight", "Infinity"),
                with("weight", "1e999"),
                with("weight", "-1e999"),
                with("weight", "\"NaN\""),
                with("weight", "-1"),
                with("weight", "\"1\""),
                with("weight", "true"),
                with("weight", "9".repeat(2_000)),
                with("timestamp", "0"),
                with("timestamp", "\"yesterday\""),
                with("timestamp", "\"2026-11-20T12:00:00\""),
                with("timestamp", "\"1969-12-31T23:59:59Z\""),
                with("timestamp", "\"+999999999-12-31T23:59:59Z\""),
                with("timestamp", "\"" + future + "\""),
                with("recommendationId", "\"\\u0000\""),
                with("recommendationId", "\"" + "r".repeat(129) + "\""),
                "[".repeat(2_000) + "]".repeat(2_000));
    }

    private static String item(String id) {
        return "{\"itemId\": \"%s\"}".formatted(id);
    }

    private static String with(String field, String value) {
        return "{\"itemId\": \"v1\", \"%s\": %s}".formatted(field, value);
    }

    @ParameterizedTest
    @MethodSource("notAnInteraction")
    void record_bodyWithoutAnInteraction_isRefused(String body) throws Exception {
        assertProblem(server.record("u1", body), 400);
        assertProblem(server.record("u1", "[%s, %s]".formatted(item("v1"), body)), 400);

        assertThat(server.interactions("u1")).isEmpty();
    }

    @Test
    void record_tooManyAtOnce_areRefused() throws Exception {
        String one = item("v1");

        assertProblem(server.record("u2", "[%s]".formatted(String.join(",", Collections.nCopies(1_001, one)))), 400);
        assertThat(server.interactions("u2")).isEmpty();

        json(server.record("u2", "[%s]".formatted(String.join(",", Collections.nCopies(1_000, one)))), 200);
        assertThat(server.interactions("u2")).hasSize(1_000);
    }

    @Test
    void record_otherBytes_areRefused() throws Exception {
        byte[] broken = item("v\u00e4").getBytes(StandardCharsets.ISO_8859_1);
        assertProblem(server.post("/users/u1/interactions", JSON, BodyPublishers.ofByteArray(broken)), 400);
        assertProblem(server.post("/users/u1/interactions", "text/plain", BodyPublishers.ofString(item("v1"))), 415);
        assertProblem(server.record("u1", item("v1"), "Idempotency-Key", " "), 400);
        assertProblem(server.record("u1", item("v1"), "Idempotency-Key", "k".repeat(257)), 400);
        assertThat(server.interactions("u1")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"%00", "a%00b", "%0a", "%ff", "%20", "%ed%a0%80", "LONG", "LONGER"})
    void anyPath_withAnIdThatIsNone_isRefused(String id) throws Exception {
        String user = switch (id) {
            case "LONG" -> "u".repeat(257);
            case "LONGER" -> "u".repeat(10_000);
            default -> id;
        };

        assertProblem(server.get("/users/%s/recommendations".formatted(user)), 400);
        assertProblem(server.get("/users/%s/interactions".formatted(user)), 400);
        assertProblem(server.record(user, item("v1")), 400);
        assertProblem(server.delete("/users/%s/interactions/v1".formatted(user)), 400);
        assertProblem(server.delete("/users/u1/interactions/%s".formatted(user)), 400);
        assertProblem(server.delete("/users/%s".formatted(user)), 400);
    }

    @Test
    void record_largeBody_isRefusedBeforeItsEnd() throws Exception {
        var post = new PlainPost(server.port(), "/users/u1/interactions", JSON);
        String chunk = "%x\r\n%s\r\n".formatted(MEGABYTE, "a".repeat(MEGABYTE));
        List<byte[]> chunks = Collections.nCopies(LARGE / MEGABYTE, bytes(chunk));

        assertThat(post.send("Content-Length: " + LARGE, large()))
                .startsWith("HTTP/1.1 413")
                .contains("larger than 524288 bytes");
        assertThat(post.send("Transfer-Encoding: chunked", chunks))
                .startsWith("HTTP/1.1 413")
                .contains("larger than 524288 bytes");
    }

    @Test
    void import_lineWithoutEnd_isOneRefusedLine() throws Exception {
        String user = "{\"userId\": \"u3\", \"itemId\": \"v1\"}";
        HttpResponse<String> response = server.post("/interactions", NDJSON, large(user + "\n"));

        assertThat(response.statusCode()).isEqualTo(200);
        List<JsonNode> lines = lines(response);
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst().get("line").asInt()).isEqualTo(2);
        assertThat(lines.getFirst().get("detail").asString()).isEqualTo("line is longer than 8192 bytes");
        assertThat(lines.getLast().get("recorded").asInt()).isEqualTo(1);
        assertThat(lines.getLast().get("rejected").asInt()).isEqualTo(1);
    }

    @Test
    void import_ofMalformedLines_rejectsEachLineAndContinues() throws Exception {
        List<String> bad = notAnInteraction()
                .filter(body -> !body.isEmpty()) // empty lines are ignored
                .map(body -> body.replaceFirst("^\\{\"", "{\"userId\": \"u4\", \""))
                .toList();
        String good = "{\"userId\": \"u4\", \"itemId\": \"v1\"}";
        List<String> all = new ArrayList<>(bad);
        all.addAll(List.of(item("v1"), "{\"userId\": \"\\u0000\", \"itemId\": \"v1\"}", "", good));

        List<JsonNode> answer =
                lines(server.post("/interactions", NDJSON, BodyPublishers.ofString(String.join("\n", all))));

        JsonNode last = answer.removeLast();
        assertThat(last.get("lines").asInt()).isEqualTo(all.size());
        assertThat(last.get("recorded").asInt()).isEqualTo(1);
        assertThat(last.get("rejected").asInt()).isEqualTo(bad.size() + 2);
        assertThat(answer.stream().map(line -> line.get("line").asInt()))
                .isEqualTo(IntStream.rangeClosed(1, bad.size() + 2).boxed().toList());
        assertThat(server.interactions("u4")).hasSize(1);
    }

    @Test
    void import_tooLarge_reportsTheStoredLines() throws Exception {
        String lines = IntStream.range(0, 2 * BATCH + 50)
                .mapToObj("{\"userId\": \"u5\", \"itemId\": \"v%d\"}%n"::formatted)
                .collect(Collectors.joining());

        JsonNode problem = assertProblem(server.post("/interactions", NDJSON, large(lines + " ".repeat(2 << 20))), 413);

        assertThat(problem.get("stored").asInt()).isEqualTo(2 * BATCH);
        assertThat(server.interactions("u5")).hasSize(2 * BATCH);
    }

    @Test
    void import_announcedLargerThanAllowed_storesNothing() throws Exception {
        var post = new PlainPost(server.port(), "/interactions", NDJSON);

        assertThat(post.send("Content-Length: " + 2 * LARGE, large()))
                .startsWith("HTTP/1.1 413")
                .contains("\"stored\":0");
    }

    @Test
    void import_interrupted_keepsWholeBatchesAndReleasesItsPermit() throws Exception {
        var post = new PlainPost(server.port(), "/interactions", NDJSON);
        String lines = "{\"userId\": \"u6\", \"itemId\": \"v1\"}\n".repeat(BATCH + 1);
        int attempts = 5; // more than the maximum number of concurrent imports

        for (int attempt = 0; attempt < attempts; attempt++) {
            assertThat(post.send("Content-Length: 1000000", List.of(bytes(lines))))
                    .startsWith("HTTP/1.1 400")
                    .contains("application/problem+json");
        }
        assertThat(server.interactions("u6")).hasSize(attempts * BATCH);
    }

    /// Returns a body with a beginning, followed by 100 MB of one letter.
    private static BodyPublisher large(String beginning) {
        return BodyPublishers.ofByteArrays(
                Stream.concat(Stream.of(bytes(beginning)), large().stream()).toList());
    }

    private static List<byte[]> large() {
        return Collections.nCopies(LARGE / MEGABYTE, bytes("a".repeat(MEGABYTE)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<JsonNode> lines(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body().lines().map(Http::parsed).collect(Collectors.toCollection(ArrayList::new));
    }
}
