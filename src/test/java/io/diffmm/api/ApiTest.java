package io.diffmm.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.AsyncCache;
import io.diffmm.deployment.FakeRepository;
import io.diffmm.deployment.ModelDeployment;
import io.diffmm.ranking.Ranking;
import io.diffmm.runtime.FakeModelRuntime;
import io.diffmm.runtime.OverloadedException;
import io.diffmm.runtime.OverloadedException.DropReason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The whole service over HTTP, with a fake model runtime.
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.main.allow-bean-definition-overriding=true",
            "diffmm.interactions.directory=target/interactions-${random.uuid}",
            "diffmm.warm-up.time=0",
            "diffmm.api.max-history=5",
            "diffmm.api.max-body=1KB",
            "diffmm.inference.timeout=200ms"
        })
class ApiTest {

    private static final FakeModelRuntime RUNTIME = new FakeModelRuntime();
    private static final JsonMapper JSON = new JsonMapper();

    /// Path of recommendations for a user with a long id, which makes the answer large.
    private static final String LARGE_ANSWER = "/users/" + "%E6%98%A0".repeat(256) + "/recommendations";

    @LocalServerPort
    private int port;

    @Autowired
    private AsyncCache<?, ?> recommendationCache;

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void reset() {
        RUNTIME.reset();
        recommendationCache.synchronous().invalidateAll();
    }

    @Test
    void recommendations_trainedUser_arePersonalized() throws Exception {
        HttpResponse<String> response = get("/users/u1/recommendations?limit=2");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "Content-Type")).isEqualTo("application/json");
        assertThat(header(response, "Cache-Control")).isEqualTo("max-age=0, private");
        JsonNode answer = json(response);
        String id = answer.get("recommendationId").asString();
        assertThat(header(response, "ETag")).matches("\"[0-9a-f]{32}\"");
        assertThat(answer).isEqualTo(JSON.readTree("""
                        {"recommendationId": "%s", "userId": "u1", "strategy": "personalized",
                         "model": {"name": "demo", "version": "v-1"},
                         "history": {"items": 2, "unknownItems": 0, "live": true},
                         "items": [{"rank": 1, "itemId": "v4", "score": 8.0}, {"rank": 2, "itemId": "v3", "score": 6.0}]}
                        """.formatted(id)));
    }

    @Test
    void recommendations_unknownUser_arePopular() throws Exception {
        JsonNode answer = json(get("/users/stranger/recommendations?limit=1&offset=1"));

        assertThat(answer.get("strategy").asString()).isEqualTo("popular");
        assertThat(answer.get("items"))
                .isEqualTo(JSON.readTree("[{\"rank\": 2, \"itemId\": \"v1\", \"score\": 1.0, \"title\": \"First\"}]"));
    }

    @Test
    void recommendations_withSeenItems_containThem() throws Exception {
        JsonNode answer = json(get("/users/u1/recommendations?excludeSeen=false"));

        assertThat(answer.get("items").size()).isEqualTo(5);
    }

    @Test
    void recommendations_knownAnswer_is304() throws Exception {
        String tag = header(get("/users/u1/recommendations"), "ETag");

        HttpResponse<String> response =
                send(request("/users/u1/recommendations").header("If-None-Match", tag));

        assertThat(response.statusCode()).isEqualTo(304);
        assertThat(response.body()).isEmpty();
        assertThat(header(response, "ETag")).isEqualTo(tag);
        assertThat(header(response, "Cache-Control")).isEqualTo("max-age=0, private");
        assertThat(RUNTIME.requests()).hasSize(1);
    }

    @Test
    void recommendations_largeAnswer_isCompressedOnRequest() throws Exception {
        HttpResponse<String> plain = get(LARGE_ANSWER);
        assertThat(header(plain, "Content-Encoding")).isEmpty();

        HttpResponse<byte[]> compressed = getGzip(LARGE_ANSWER);

        assertThat(header(compressed, "Content-Encoding")).isEqualTo("gzip");
        assertThat(header(compressed, "Content-Type")).isEqualTo("application/json");
        assertThat(gunzip(compressed.body())).isEqualTo(plain.body());
        assertThat(compressed.body().length).isLessThan(plain.body().length());
        for (HttpResponse<?> response : List.of(plain, compressed)) {
            assertThat(header(response, "Vary")).isEqualTo("Accept-Encoding");
        }
        String tag = header(plain, "ETag");
        assertThat(header(compressed, "ETag")).isEqualTo(tag.replaceFirst("\"$", "-gzip\""));
    }

    @Test
    void recommendations_smallAnswer_isNotCompressed() throws Exception {
        HttpResponse<byte[]> response = getGzip("/users/u1/recommendations");

        assertThat(header(response, "Content-Encoding")).isEmpty();
        assertThat(header(response, "Vary")).isEqualTo("Accept-Encoding");
        assertThat(header(response, "ETag")).doesNotContain("gzip");
    }

    @Test
    void recommendations_eitherFormKnown_is304WithTheTagThatTheClientHas() throws Exception {
        String plain = header(get(LARGE_ANSWER), "ETag");
        String compressed = header(getGzip(LARGE_ANSWER), "ETag");

        assertThat(notModified("gzip", plain)).isEqualTo(plain);
        assertThat(notModified("gzip", compressed)).isEqualTo(compressed);
        assertThat(notModified("identity", compressed)).isEqualTo(compressed);
        assertThat(notModified("identity", "\"other\", W/" + plain)).isEqualTo(plain);
        assertThat(notModified("gzip", "*")).isEqualTo(compressed);
        assertThat(notModified("identity", "*")).isEqualTo(plain);
        assertThat(send(request(LARGE_ANSWER).header("If-None-Match", "\"other\""))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void otherAnswers_areCompressedByTheContainer() throws Exception {
        HttpResponse<byte[]> response = getGzip("/v3/api-docs");

        assertThat(header(response, "Content-Encoding")).isEqualTo("gzip");
        assertThat(JSON.readTree(gunzip(response.body())).has("paths")).isTrue();
    }

    @Test
    void head_isLikeGetWithoutABody() throws Exception {
        HttpResponse<String> response =
                send(request("/users/u1/recommendations").method("HEAD", HttpRequest.BodyPublishers.noBody()));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
        assertThat(header(response, "Content-Length"))
                .isEqualTo(
                        String.valueOf(get("/users/u1/recommendations").body().length()));
        assertThat(header(response, "ETag")).isNotEmpty();
    }

    @Test
    void session_knownItems_arePersonalizedAndNotStored() throws Exception {
        HttpResponse<String> response = post("{\"history\": [\"v2\", \"what\", \"v2\"]}");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
        JsonNode answer = json(response);
        assertThat(answer.get("strategy").asString()).isEqualTo("personalized");
        assertThat(answer.get("unknownItems").asInt()).isEqualTo(1);
        assertThat(answer.get("items").get(0).get("itemId").asString()).isEqualTo("v5");
        assertThat(answer.has("userId")).isFalse();
        assertThat(recommendationCache.synchronous().estimatedSize()).isZero();
    }

    @Test
    void session_emptyHistory_isPopular() throws Exception {
        assertThat(json(post("{\"history\": []}")).get("strategy").asString()).isEqualTo("popular");
    }

    @Test
    void similar_knownItem_listsOthers() throws Exception {
        HttpResponse<String> response = get("/items/v5/similar?limit=1");

        assertThat(json(response)).isEqualTo(JSON.readTree("""
                        {"itemId": "v5", "model": {"name": "demo", "version": "v-1"},
                         "items": [{"rank": 1, "itemId": "v4", "score": 4.0}]}
                        """));
        assertThat(send(request("/items/v5/similar?limit=1").header("If-None-Match", header(response, "ETag")))
                        .statusCode())
                .isEqualTo(304);
    }

    @Test
    void model_isDescribed() throws Exception {
        assertThat(json(get("/model"))).isEqualTo(JSON.readTree("""
                        {"name": "demo", "version": "v-1", "family": "diffmm", "created": "2026-03-04T12:00:01Z",
                         "device": "cpu", "precision": "float32", "users": 3, "items": 5, "interactions": 4, "settings": {"steps": 5},
                         "blend": {"views": {"linear": {"weight": 2.5}}},
                         "metrics": {"model": {"recall@20": 0.5}, "popularity": {"recall@20": 0.25}}}
                        """));
    }

    @ParameterizedTest
    @CsvSource({
        "/users/u1/recommendations?limit=0, limit",
        "/users/u1/recommendations?limit=101, limit",
        "/users/u1/recommendations?limit=many, limit",
        "/users/u1/recommendations?limit=99999999999, limit",
        "/users/u1/recommendations?offset=-1, offset",
        "/users/u1/recommendations?offset=10001, offset",
        "/users/u1/recommendations?excludeSeen=perhaps, excludeSeen",
        "/users/%20/recommendations, userId",
        "/items/v1/similar?limit=0, limit",
    })
    void invalidParameter_is400AndNamed(String path, String parameter) throws Exception {
        JsonNode problem = problem(get(path), 400);

        assertThat(problem.get("errors").get(0).get("parameter").asString()).isEqualTo(parameter);
        assertThat(problem.get("detail").asString()).startsWith(parameter + " must");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/users/u1/recommendations?limit=%zz", "/items/v1/similar?x=%"})
    void parametersThatCannotBeParsed_are400(String path) throws IOException {
        String response = raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        assertThat(response).startsWith("HTTP/1.1 400").contains("parameters are not properly encoded, or too many");
    }

    @Test
    void unknownPath_is404AndSaysWhereToLook() throws Exception {
        assertThat(problem(get("/nope"), 404).get("detail").asString()).contains("/v3/api-docs");
    }

    @Test
    void invalidParameters_areAllNamed() throws Exception {
        String detail = "limit must be less than or equal to 100; offset must be greater than or equal to 0";

        for (HttpResponse<String> response : List.of(
                get("/users/u1/recommendations?limit=101&offset=-1"),
                post("/recommendations?limit=101&offset=-1", "{\"history\": []}"))) {
            JsonNode problem = problem(response, 400);
            assertThat(problem.get("detail").asString()).isEqualTo(detail);
            assertThat(problem.get("errors").size()).isEqualTo(2);
        }
        assertThat(problem(get("/users/%20/recommendations"), 400).get("detail").asString())
                .isEqualTo("userId must not be blank");
    }

    @ParameterizedTest
    @CsvSource({"limit=, 3", "limit=2, 2", "limit=0x2, 2", "limit=%202, 2", "excludeSeen=off, 5", "offset=1, 2"})
    void parameters_areReadLeniently(String query, int items) throws Exception {
        HttpResponse<String> response = get("/users/u1/recommendations?" + query);

        assertThat(json(response).get("items").size()).isEqualTo(items);
    }

    @Test
    void longId_is400() throws Exception {
        assertThat(get("/users/" + "u".repeat(256) + "/recommendations").statusCode())
                .isEqualTo(200);
        problem(get("/users/" + "u".repeat(257) + "/recommendations"), 400);
        problem(get("/items/" + "u".repeat(257) + "/similar"), 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "{}",
                "{\"history\": null}",
                "{\"history\": \"v1\"}",
                "{\"history\": [null]}",
                "{\"history\": [\"\"]}",
                "{\"history\": [{}]}",
                "{\"history\": [\"1\", \"2\", \"3\", \"4\", \"5\", \"6\"]}",
            })
    void invalidBody_is400WithoutTheParsersWords(String body) throws Exception {
        JsonNode problem = problem(post(body), 400);

        assertThat(problem.toString()).doesNotContain("jackson", "Exception", "java.", "io.diffmm", "line:");
    }

    @Test
    void largeBody_is413() throws Exception {
        String body = "{\"history\": [\"v1\"]" + " ".repeat(2000) + "}";

        problem(post(body), 413);
        problem(
                send(request("/recommendations")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofInputStream(
                                () -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8))))),
                413);
    }

    @Test
    void unknownItemOrPath_is404() throws Exception {
        assertThat(problem(get("/items/what/similar"), 404).get("detail").asString())
                .isEqualTo("The model does not know the item 'what'.");
        problem(get("/nothing"), 404);
        problem(get("/error"), 404);
    }

    @Test
    void wrongMethod_is405() throws Exception {
        HttpResponse<String> response = send(request("/model").DELETE());

        problem(response, 405);
        assertThat(header(response, "Allow")).contains("GET");
    }

    @Test
    void otherFormats_areRefused() throws Exception {
        problem(send(request("/model").header("Accept", "application/xml")), 406);
        problem(
                send(request("/recommendations")
                        .header("Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString("v1"))),
                415);
    }

    @Test
    void fault_is500WithoutDetail() throws Exception {
        RUNTIME.answerWith(() -> CompletableFuture.failedFuture(new ArithmeticException("secret")));

        HttpResponse<String> response = get("/users/u1/recommendations");

        problem(response, 500);
        assertThat(response.body()).doesNotContain("secret", "Arithmetic");
    }

    @Test
    void overloadOrTimeout_is503AndNotCached() throws Exception {
        RUNTIME.answerWith(() -> CompletableFuture.failedFuture(new OverloadedException(DropReason.QUEUE_FULL)));
        HttpResponse<String> overloaded = get("/users/u1/recommendations");
        problem(overloaded, 503);
        assertThat(header(overloaded, "Retry-After")).isEqualTo("1");

        RUNTIME.answerWith(CompletableFuture::new);
        problem(get("/users/u1/recommendations"), 503);
        problem(post("{\"history\": [\"v1\"]}"), 503);

        RUNTIME.reset();
        assertThat(get("/users/u1/recommendations").statusCode()).isEqualTo(200);
    }

    @Test
    void fullQueue_refusesUncachedAnswers() throws Exception {
        get("/users/u1/recommendations");
        RUNTIME.answerWith(() -> CompletableFuture.failedFuture(new OverloadedException(DropReason.QUEUE_FULL)));

        assertThat(get("/users/u1/recommendations").statusCode()).isEqualTo(200);
        assertThat(reason(get("/users/u2/recommendations"))).isEqualTo("queue_full");
        assertThat(reason(get("/items/v1/similar"))).isEqualTo("queue_full");
        assertThat(reason(post("{\"history\": [\"v1\"]}"))).isEqualTo("queue_full");

        RUNTIME.answerWith(CompletableFuture::new);
        assertThat(reason(get("/users/u2/recommendations"))).isEqualTo("deadline");

        assertThat(get("/actuator/prometheus").body())
                .containsPattern("diffmm_recommendations_refused_total\\{reason=\"queue_full\"} [1-9]")
                .containsPattern("diffmm_recommendations_refused_total\\{reason=\"deadline\"} [1-9]")
                .contains("diffmm_recommendations_refused_total{reason=\"closing\"}");
    }

    @Test
    void sessionThatTimesOut_isNotComputed() throws Exception {
        var never = new CompletableFuture<Ranking>();
        RUNTIME.answerWith(() -> never);

        problem(post("{\"history\": [\"v1\"]}"), 503);

        assertThat(never).isCancelled();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /users/<u>/recommendations HTTP/1.1", "GET /%zz HTTP/1.1", "NONSENSE"})
    void requestThatTheContainerRefuses_revealsNothing(String line) throws IOException {
        String response = raw(line + "\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        assertThat(response).startsWith("HTTP/1.1 400").contains("application/problem+json", "\"status\":400");
        assertThat(response).doesNotContain("Tomcat", "Exception", "at org.", "java.", "<html");
    }

    @Test
    void idWithAnEncodedSlash_isAnIdLikeAnyOther() throws Exception {
        HttpResponse<String> response = get("/users/a%2Fb/recommendations");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("\"userId\":\"a/b\"", "\"strategy\":\"popular\"");
    }

    @Test
    void readiness_followsTheRuntime() throws Exception {
        assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(200);

        RUNTIME.setReady(false);

        assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(503);
        assertThat(get("/actuator/health/liveness").statusCode()).isEqualTo(200);
    }

    @Test
    void artifacts_listsVersions_andRefusesUnknownActions() throws Exception {
        JsonNode listed = json(get("/actuator/artifacts"));

        assertThat(listed.at("/versions/0/version").asString()).isEqualTo("v-1");
        assertThat(listed.at("/versions/0/state").asString()).isEqualTo("current");
        assertThat(listed.at("/versions/0/pinned").asBoolean()).isFalse();

        assertThat(change("{\"action\": \"follow\"}").statusCode()).isEqualTo(200);
        assertThat(change("{\"action\": \"pin\", \"version\": \"v-9\"}").statusCode())
                .isEqualTo(409);
        assertThat(change("{\"action\": \"rollback\"}").body()).contains("there is no version before it");
        assertThat(change("{\"action\": \"pin\"}").statusCode()).isEqualTo(400);
        assertThat(change("{\"action\": \"dance\"}").body())
                .contains("pin (with a version), rollback, follow or reload");
        assertThat(change("{}").statusCode()).isEqualTo(400);
    }

    private HttpResponse<String> change(String body) throws Exception {
        return post("/actuator/artifacts", body);
    }

    @Test
    void prometheus_listsTheMeters() throws Exception {
        get("/users/u1/recommendations");
        get("/users/stranger/recommendations");
        get("/items/v1/similar");

        String page = get("/actuator/prometheus").body();

        assertThat(page)
                .contains("diffmm_recommendation_stage_seconds_bucket{", "stage=\"diffusion\"", "stage=\"history\"")
                .containsPattern(
                        "diffmm_recommendation_answer_seconds_bucket\\{origin=\"computed\",version=\"v-1\",le=\"1.0E-4\"")
                .containsPattern("diffmm_process_memory_bytes\\{kind=\"anonymous\"} \\d")
                .contains("diffmm_recommendations_total{strategy=\"personalized\",version=\"v-1\"}")
                .contains("diffmm_recommendations_total{strategy=\"popular\",version=\"v-1\"}")
                .contains("diffmm_recommendations_total{strategy=\"similar\",version=\"v-1\"}")
                .contains("diffmm_cache_refreshes_total{outcome=\"started\"}")
                .contains("diffmm_cache_refreshes_total{outcome=\"refused\"}")
                .contains("cache_gets_total{cache=\"recommendations\"")
                .contains(
                        "diffmm_model_info{device=\"cpu\",family=\"diffmm\",name=\"demo\",precision=\"float32\",role=\"current\",version=\"v-1\"} 1")
                .contains("diffmm_model_age_seconds{role=\"current\",version=\"v-1\"}")
                .contains("diffmm_artifact_swaps_total{outcome=\"failed\"}")
                .containsPattern("http_server_requests_seconds_bucket\\{[^}]*le=\"0.005\"");
        assertThat(page).doesNotContain("u1", "stranger");
    }

    @Test
    void openApi_describesEveryOperation() throws Exception {
        JsonNode document = json(get("/v3/api-docs"));

        JsonNode paths = document.get("paths");
        assertThat(paths.propertyNames())
                .containsExactlyInAnyOrder(
                        "/users/{userId}/recommendations",
                        "/recommendations",
                        "/items/{itemId}/similar",
                        "/model",
                        "/users/{userId}",
                        "/users/{userId}/interactions",
                        "/users/{userId}/interactions/{itemId}",
                        "/interactions");
        for (Map.Entry<String, JsonNode> path : paths.properties()) {
            for (JsonNode operation : path.getValue()) {
                assertThat(operation.get("summary").asString()).isNotBlank();
                assertThat(operation.get("responses").propertyNames())
                        .contains("400", "500", "503")
                        .containsAnyOf("200", "204");
                assertThat(operation
                                .at("/responses/400/content/application~1problem+json/schema/$ref")
                                .asString())
                        .isEqualTo("#/components/schemas/Problem");
            }
        }
        assertThat(document.at("/components/schemas/Problem/properties").propertyNames())
                .contains("title", "status", "detail", "errors");
        assertThat(document.at("/components/schemas/InvalidParameter").isMissingNode())
                .isFalse();
        assertThat(document.at("/components/schemas/RankedItem/properties/title/type")
                        .asString())
                .isEqualTo("string");
    }

    @Test
    void openApi_describesParametersReadWithoutSpring() throws Exception {
        JsonNode paths = json(get("/v3/api-docs")).get("paths");

        JsonNode user = paths.at("/~1users~1{userId}~1recommendations/get");
        assertThat(parameters(user)).containsExactlyInAnyOrder("userId", "limit", "offset", "excludeSeen", "explain");
        assertThat(parameters(paths.at("/~1recommendations/post")))
                .containsExactlyInAnyOrder("limit", "offset", "excludeSeen", "explain");
        assertThat(parameters(paths.at("/~1items~1{itemId}~1similar/get")))
                .containsExactlyInAnyOrder("itemId", "limit");
        for (JsonNode parameter : user.get("parameters")) {
            if (parameter.get("name").asString().equals("limit")) {
                assertThat(parameter.get("schema")).isEqualTo(JSON.readTree("""
                        {"type": "integer", "format": "int32", "default": 20, "minimum": 1, "maximum": 100}
                        """));
            }
        }
        assertThat(user.at("/responses/200/content/application~1json/schema/$ref")
                        .asString())
                .isEqualTo("#/components/schemas/Recommendations");
    }

    private static List<String> parameters(JsonNode operation) {
        return operation
                .get("parameters")
                .valueStream()
                .map(parameter -> parameter.get("name").asString())
                .toList();
    }

    @Test
    void frontPage_leadsToTheDescription() throws Exception {
        HttpResponse<String> response = get("/");
        assertThat(response.statusCode()).isEqualTo(302);
        assertThat(header(response, "Location")).endsWith("/swagger-ui.html");

        HttpClient following = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        HttpResponse<String> page = following.send(request("/").build(), BodyHandlers.ofString());
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("Swagger UI");
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(request(path));
    }

    private HttpResponse<String> post(String body) throws Exception {
        return post("/recommendations", body);
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return send(request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private String raw(String request) throws IOException {
        try (var socket = new Socket("localhost", port)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private HttpResponse<byte[]> getGzip(String path) throws Exception {
        return client.send(request(path).header("Accept-Encoding", "gzip").build(), BodyHandlers.ofByteArray());
    }

    /// Returns the entity tag of the 304 response to a client that has `tags`.
    private String notModified(String encoding, String tags) throws Exception {
        HttpResponse<String> response =
                send(request(LARGE_ANSWER).header("Accept-Encoding", encoding).header("If-None-Match", tags));
        assertThat(response.statusCode()).isEqualTo(304);
        assertThat(response.body()).isEmpty();
        assertThat(header(response, "Vary")).isEqualTo("Accept-Encoding");
        return header(response, "ETag");
    }

    private static String gunzip(byte[] body) throws IOException {
        try (var in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String reason(HttpResponse<String> response) {
        assertThat(header(response, "Retry-After")).isEqualTo("1");
        return problem(response, 503).get("reason").asString();
    }

    private static JsonNode problem(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(header(response, "Content-Type")).isEqualTo("application/problem+json");
        JsonNode problem = json(response);
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.get("title").asString()).isNotBlank();
        assertThat(problem.has("trace")).isFalse();
        return problem;
    }

    private static JsonNode json(HttpResponse<String> response) {
        return JSON.readTree(response.body());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    /// Replaces the deployment that would load a model.
    @TestConfiguration(proxyBeanMethods = false)
    static class Fake {

        @Bean
        ModelDeployment modelDeployment() {
            return FakeRepository.deployment(RUNTIME);
        }
    }
}
