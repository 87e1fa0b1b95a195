package io.diffmm;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Traces are exported to the configured endpoint; problem documents and log lines contain the trace id; none contains
/// a user id. Without an endpoint there are no traces.
class TracingIT {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    @TempDir
    static Path directory;

    /// OpenTelemetry collector that keeps the received traces.
    private static final class Collector implements AutoCloseable {

        private final HttpServer server;
        private final Queue<String> received = new ConcurrentLinkedQueue<>();

        Collector() throws IOException {
            server = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
            server.createContext("/v1/traces", exchange -> {
                received.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            });
            server.start();
        }

        String url() {
            return "http://localhost:%d/v1/traces".formatted(server.getAddress().getPort());
        }

        void await(String text) throws InterruptedException {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (received.stream().noneMatch(part -> part.contains(text))) {
                assertThat(System.nanoTime()).as("%s arrives", text).isLessThan(deadline);
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    @Test
    void endpoint_setAndJson_everythingNamesTheTrace_nothingTheUser() throws Exception {
        try (var collector = new Collector();
                Server server = Server.start(
                        directory,
                        "--management.opentelemetry.tracing.export.otlp.endpoint=" + collector.url(),
                        "--management.tracing.sampling.probability=1",
                        "--logging.level.org.springframework.web.servlet.DispatcherServlet=DEBUG",
                        "--spring.profiles.active=json")) {
            Http.json(server.record("secret-user", "{\"itemId\": \"v1\"}"), 200);
            String parent = "00-%s-b7ad6b7169203331-01".formatted(TRACE);
            HttpResponse<String> answer = server.get("/users/secret-user/recommendations", "traceparent", parent);
            HttpResponse<String> problem = server.get("/items/nothing/similar", "traceparent", parent);

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(Http.json(problem, 404).get("traceId").asString()).isEqualTo(TRACE);
            collector.await("/users/{userId}/recommendations");
            for (String stage : List.of("history", "queue", "ranking")) {
                collector.await("recommendation " + stage);
            }
            assertThat(collector.received).noneMatch(part -> part.contains("secret-user"));
            List<JsonNode> log =
                    server.process().err().lines().map(Http::parsed).toList();
            assertThat(log).isNotEmpty().allMatch(line -> line.has("message") && line.has("@timestamp"));
            assertThat(log)
                    .filteredOn(line -> line.get("message").asString().contains("/items/nothing/similar"))
                    .isNotEmpty()
                    .allMatch(line -> line.get("traceId").asString().equals(TRACE));
            assertThat(log)
                    .filteredOn(line -> !line.at("/log/level").asString().equals("DEBUG"))
                    .isNotEmpty()
                    .noneMatch(line -> line.toString().contains("secret-user"));
        }
    }

    @Test
    void endpoint_unset_nothingIsTraced() throws Exception {
        try (Server server = Server.start(directory)) {
            HttpResponse<String> problem = server.get("/items/nothing/similar");

            assertThat(Http.json(problem, 404).has("traceId")).isFalse();
            assertThat(server.process().err().lines())
                    .noneMatch(((Predicate<String>) String::isBlank).or(line -> line.contains(" trace ")));
        }
    }
}
