package io.diffmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// HTTP client functions for a server that a test has started.
final class Http {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration READY = Duration.ofMinutes(2);

    private Http() {}

    static JsonNode get(HttpClient client, int port, String path, int status) throws Exception {
        return json(send(client, port, path), status);
    }

    static JsonNode post(HttpClient client, int port, String path, String body, int status) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri(port, path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return json(client.send(request, HttpResponse.BodyHandlers.ofString()), status);
    }

    /// Returns the body of a response, which must have the status.
    static JsonNode json(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return JSON.readTree(response.body());
    }

    static JsonNode parsed(String json) {
        return JSON.readTree(json);
    }

    /// Requires a problem document without details of the implementation.
    ///
    /// @return the document
    static JsonNode assertProblem(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/problem+json");
        assertThat(response.body()).doesNotContain("Exception").doesNotContain("\tat ");
        JsonNode problem = JSON.readTree(response.body());
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.get("detail").asString()).isNotBlank();
        return problem;
    }

    static HttpResponse<String> send(HttpClient client, int port, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri(port, path))
                .timeout(Duration.ofSeconds(20))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    static URI uri(int port, String path) {
        return URI.create("http://localhost:" + port + path);
    }

    static void awaitReady(HttpClient client, int port, Jar.Running server) throws Exception {
        long deadline = System.nanoTime() + READY.toNanos();
        while (System.nanoTime() < deadline && server.process().isAlive()) {
            try {
                if (send(client, port, "/actuator/health/readiness").statusCode() == 200) {
                    return;
                }
            } catch (IOException _) {
                // not listening yet
            }
            server.process().waitFor(200, TimeUnit.MILLISECONDS);
        }
        throw new AssertionError("not ready: " + server.err());
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
