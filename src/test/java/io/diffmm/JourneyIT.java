package io.diffmm;

import static io.diffmm.Http.assertProblem;
import static io.diffmm.Http.awaitReady;
import static io.diffmm.Http.freePort;
import static io.diffmm.Http.get;
import static io.diffmm.Http.post;
import static io.diffmm.Http.send;
import static io.diffmm.Http.uri;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// End-to-end test of the packaged jar: generate, train, publish, evaluate, serve.
class JourneyIT {

    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    static Path directory;

    private static Path data;
    private static Path artifacts;

    @BeforeAll
    static void generateAndTrain() throws Exception {
        data = directory.resolve("data");
        artifacts = directory.resolve("artifacts");
        assertThat(Jar.run(directory, "generate", "--out", "data", "--users", "200", "--items", "80")
                        .exitCode())
                .isZero();
        Jar.Result trained = Jar.run(directory, train("--epochs", "6"));
        assertThat(trained.err()).isEmpty();
        assertThat(trained.exitCode()).isZero();
        assertThat(trained.out())
                .contains("epoch 6/6")
                .contains("popularity: valid recall@20")
                .contains("published ");
    }

    private static String[] train(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "train", "--data", "data", "--model", "diffmm", "--artifacts", "artifacts", "--config", "demo"));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    @Test
    void evaluate_printsOneJsonObjectAndNothingElse() throws Exception {
        Jar.Result result = Jar.run(
                directory,
                "evaluate",
                "--artifact",
                artifacts.resolve("data").toString(),
                "--data",
                "data",
                "--test",
                "data/test.csv",
                "--exclude",
                "data/valid.csv",
                "--k",
                "5,20");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out().lines()).hasSize(1);
        JsonNode metrics = JSON.readTree(result.out());
        assertThat(metrics.propertyNames())
                .containsExactly("users", "recall@5", "precision@5", "ndcg@5", "recall@20", "precision@20", "ndcg@20");
        assertThat(metrics.get("users").asInt()).isEqualTo(200);
        assertThat(metrics.get("recall@20").asDouble()).isBetween(0.4, 1.0);
    }

    @Test
    void publishedMetrics_areThoseThatEvaluateMeasures() throws Exception {
        Path version = currentVersion();
        JsonNode manifest = JSON.readTree(version.resolve("manifest.json"));

        Jar.Result result = Jar.run(
                directory, "evaluate", "--artifact", version.toString(), "--data", "data", "--test", "data/valid.csv");

        assertThat(JSON.readTree(result.out()).get("ndcg@20").asDouble())
                .isEqualTo(manifest.at("/metrics/model/ndcg@20").asDouble());
        assertThat(manifest.at("/metrics/model/recall@20").asDouble())
                .isGreaterThan(
                        1.3 * manifest.at("/metrics/popularity/recall@20").asDouble());
    }

    @Test
    void train_terminatedAndResumed_publishesTheModelOfAnUninterruptedRun() throws Exception {
        try (Jar.Running running = Jar.start(directory, train("--epochs", "6", "--name", "resumed"))) {
            running.awaitOutput("epoch 2/6");
            Jar.Result stopped = running.terminate();
            assertThat(stopped.exitCode()).isNotZero();
            assertThat(stopped.err()).contains("--resume");
            assertThat(stopped.out()).doesNotContain("published");
        }
        assertThat(artifacts.resolve("resumed").resolve("current")).doesNotExist();

        Jar.Result resumed = Jar.run(directory, train("--epochs", "6", "--name", "resumed", "--resume"));

        assertThat(resumed.out()).contains("resuming after epoch").doesNotContain("epoch 1/6");
        assertThat(weights(artifacts.resolve("resumed")))
                .as(resumed.out())
                .isEqualTo(weights(artifacts.resolve("data")));
    }

    @Test
    void badInput_isOneLineAndTheRightExitCode() throws Exception {
        assertFailure(Jar.run(directory, "train", "--data", "nowhere", "--artifacts", "artifacts"), 1, "nowhere");
        assertFailure(
                Jar.run(directory, "train", "--data", "data", "--artifacts", "a", "--config", "huge"), 2, "presets");
        assertFailure(Jar.run(directory, "train", "--data", "data", "--artifacts", "a", "--model", "svd"), 2, "svd");
        assertFailure(Jar.run(directory, "train", "--artifacts", "a"), 2, "--data");
        assertFailure(Jar.run(directory, train("--epochs", "0")), 2, "--epochs is 0");
        assertFailure(Jar.run(directory, train("--name", "../x")), 2, "../x");
        assertFailure(
                Jar.run(directory, "evaluate", "--artifact", "data", "--data", "data", "--test", "data/test.csv"),
                1,
                "data");
        assertFailure(Jar.run(directory, "serve", "--artifacts", "nowhere"), 1, "nowhere");
        assertFailure(Jar.run(directory, "generate", "--out", "data"), 1, "data");
        assertThat(Jar.run(directory, "train", "--help").out()).contains("--resume");
    }

    private static void assertFailure(Jar.Result result, int exitCode, String named) {
        assertThat(result.exitCode()).as(result.err()).isEqualTo(exitCode);
        assertThat(result.err()).contains(named).doesNotContain("\tat ");
        assertThat(result.out()).isEmpty();
    }

    @Test
    void serve_answersEveryEndpointAndStopsGracefully() throws Exception {
        int port = freePort();
        try (Jar.Running server =
                        Jar.start(directory, "serve", "--artifacts", "artifacts/data", "--port", String.valueOf(port));
                HttpClient client = HttpClient.newHttpClient()) {
            awaitReady(client, port, server);
            recommendsUnseenItems(client, port);
            answersRevalidation(client, port);
            JsonNode popular = get(client, port, "/users/stranger/recommendations", 200);
            assertThat(popular.get("strategy").asString()).isEqualTo("popular");
            assertThat(popular.at("/history/items").asInt()).isZero();
            JsonNode session = post(client, port, "/recommendations", "{\"history\": [\"v1\", \"v2\", \"v3\"]}", 200);
            assertThat(session.get("strategy").asString()).isEqualTo("personalized");
            assertThat(get(client, port, "/items/v1/similar?limit=5", 200).get("items"))
                    .hasSize(5);
            JsonNode preset =
                    new YAMLMapper().readTree(Files.readString(Path.of("src/main/resources/presets/diffmm/demo.yaml")));
            assertThat(get(client, port, "/model", 200)
                            .at("/settings/diffusion/steps")
                            .asInt())
                    .isEqualTo(preset.at("/diffusion/steps").asInt())
                    .isPositive();
            assertThat(get(client, port, "/v3/api-docs", 200).at("/paths").propertyNames())
                    .contains(
                            "/users/{userId}/recommendations",
                            "/users/{userId}/interactions",
                            "/users/{userId}/interactions/{itemId}",
                            "/users/{userId}",
                            "/interactions",
                            "/recommendations",
                            "/items/{itemId}/similar",
                            "/model");
            refusesBadRequests(client, port);
            assertThat(send(client, port, "/actuator/health/liveness").statusCode())
                    .isEqualTo(200);
            assertThat(send(client, port, "/actuator/prometheus").body())
                    .contains("diffmm_recommendation_stage_seconds_bucket{stage=\"ranking\"")
                    .contains("diffmm_model_info{")
                    .contains("http_server_requests_seconds_bucket")
                    .contains("cache_gets_total{cache=\"recommendations\",result=\"hit\"}");
            assertThat(server.terminate().err()).contains("Graceful shutdown complete");
        }
    }

    private static void recommendsUnseenItems(HttpClient client, int port) throws Exception {
        JsonNode answer = get(client, port, "/users/u42/recommendations?limit=20", 200);
        assertThat(answer.get("strategy").asString()).isEqualTo("personalized");
        assertThat(answer.get("userId").asString()).isEqualTo("u42");
        assertThat(answer.at("/model/name").asString()).isEqualTo("data");
        assertThat(answer.get("recommendationId").asString())
                .matches(Pattern.quote(answer.at("/model/version").asString()) + "\\.[0-9a-f]{32}");
        assertThat(answer.get("items")).hasSize(20);
        List<String> seen = Files.readAllLines(data.resolve("train.csv")).stream()
                .filter(line -> line.startsWith("u42,"))
                .map(line -> line.split(",", -1)[1])
                .toList();
        assertThat(seen).isNotEmpty();
        assertThat(answer.at("/history/items").asInt()).isEqualTo(seen.size());
        assertThat(answer.at("/history/unknownItems").asInt()).isZero();
        assertThat(answer.at("/history/live").asBoolean()).isTrue();
        for (JsonNode item : answer.get("items")) {
            assertThat(seen).doesNotContain(item.get("itemId").asString());
            assertThat(item.get("title").asString()).isNotBlank();
        }
        JsonNode next = get(client, port, "/users/u42/recommendations?limit=5&offset=5", 200);
        assertThat(next.at("/items/0/itemId")).isEqualTo(answer.at("/items/5/itemId"));
        assertThat(next.at("/items/0/rank").asInt()).isEqualTo(6);
    }

    private static void answersRevalidation(HttpClient client, int port) throws Exception {
        HttpResponse<String> first = send(client, port, "/users/u1/recommendations");
        String tag = first.headers().firstValue("ETag").orElseThrow();
        assertThat(first.headers().firstValue("Cache-Control").orElseThrow()).contains("max-age=0");
        HttpRequest again = HttpRequest.newBuilder(uri(port, "/users/u1/recommendations"))
                .header("If-None-Match", tag)
                .build();
        assertThat(client.send(again, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(304);
    }

    private static void refusesBadRequests(HttpClient client, int port) throws Exception {
        assertProblem(send(client, port, "/users/u1/recommendations?limit=0"), 400);
        assertProblem(send(client, port, "/users/u1/recommendations?limit=many"), 400);
        assertProblem(send(client, port, "/items/none/similar"), 404);
        assertProblem(send(client, port, "/no/such/path"), 404);
        assertProblem(
                client.send(
                        HttpRequest.newBuilder(uri(port, "/recommendations"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString("{\"history\": "))
                                .build(),
                        HttpResponse.BodyHandlers.ofString()),
                400);
    }

    private static Path currentVersion() throws IOException {
        Path model = artifacts.resolve("data");
        return model.resolve(Files.readString(model.resolve("current")).strip());
    }

    /// Returns the SHA-256 digest of the current version's weights.
    private static String weights(Path model) throws IOException {
        String version = Files.readString(model.resolve("current")).strip();
        return JSON.readTree(model.resolve(version).resolve("manifest.json"))
                .at("/files/weights.safetensors/sha256")
                .asString();
    }
}
