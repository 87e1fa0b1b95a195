package io.diffmm.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.deployment.FakeRepository;
import io.diffmm.deployment.ModelDeployment;
import io.diffmm.runtime.FakeModelRuntime;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Interactions over HTTP, with the embedded database and a fake model runtime.
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.main.allow-bean-definition-overriding=true",
            "diffmm.interactions.directory=target/interactions-${random.uuid}",
            "diffmm.warm-up.time=0",
            "diffmm.api.max-interactions=3",
            "diffmm.api.max-body=2KB",
            "diffmm.api.imports.max-body=8KB",
            "diffmm.api.imports.max-line=600B",
            "diffmm.api.imports.batch=3"
        })
class InteractionsApiTest {

    private static final FakeModelRuntime RUNTIME = new FakeModelRuntime();
    private static final JsonMapper JSON = new JsonMapper();

    @LocalServerPort
    private int port;

    private final HttpClient client = HttpClient.newHttpClient();

    /// Id of a new user in every test.
    private final String user = "user " + UUID.randomUUID();

    private final String path =
            "/users/" + URLEncoder.encode(user, StandardCharsets.UTF_8).replace("+", "%20");

    @BeforeEach
    void reset() {
        RUNTIME.reset();
    }

    @Test
    void post_one_isInTheNextAnswer() throws Exception {
        HttpResponse<String> before = get(path + "/recommendations");
        assertThat(json(before).get("strategy").asString()).isEqualTo("popular");

        HttpResponse<String> recorded = post(path + "/interactions", "{\"itemId\": \"v2\"}");

        assertThat(recorded.statusCode()).isEqualTo(200);
        assertThat(header(recorded, "Cache-Control")).isEqualTo("no-store");
        assertThat(json(recorded))
                .isEqualTo(JSON.readTree("{\"recorded\": 1, \"duplicates\": 0, \"unknownItems\": 0}"));
        HttpResponse<String> after = get(path + "/recommendations");
        assertThat(json(after).get("strategy").asString()).isEqualTo("personalized");
        assertThat(json(after).get("history"))
                .isEqualTo(JSON.readTree("{\"items\": 1, \"unknownItems\": 0, \"live\": true}"));
        assertThat(header(after, "ETag")).isNotEqualTo(header(before, "ETag"));
    }

    @Test
    void post_array_keepsItsOrder() throws Exception {
        JsonNode recorded = json(post(
                path + "/interactions",
                "[{\"itemId\": \"v3\"}, {\"itemId\": \"unheard of\"}, {\"itemId\": \"v2\", \"weight\": 0.5}]"));

        assertThat(recorded).isEqualTo(JSON.readTree("{\"recorded\": 3, \"duplicates\": 0, \"unknownItems\": 1}"));
        get(path + "/recommendations");
        assertThat(RUNTIME.requests()).last().isEqualTo("recommend OptionalInt.empty [2, 1] {1, 2} 20");
        JsonNode listed = json(get(path + "/interactions"));
        assertThat(listed.get("interactions").values().stream()
                        .map(one -> one.get("itemId").asString())
                        .toList())
                .containsExactly("v2", "unheard of", "v3");
        assertThat(listed.get("interactions").get(0).get("weight").asDouble()).isEqualTo(0.5);
        assertThat(listed.has("next")).isFalse();
    }

    @Test
    void post_sameItemAndTime_isADuplicate() throws Exception {
        String body = "{\"itemId\": \"v2\", \"timestamp\": \"2026-01-02T03:04:05+01:00\"}";
        post(path + "/interactions", body);

        JsonNode again = json(post(path + "/interactions", body.replace("03:04:05+01:00", "02:04:05.0000004Z")));

        assertThat(again.get("recorded").asInt()).isZero();
        assertThat(again.get("duplicates").asInt()).isOne();
        assertThat(json(get(path + "/interactions"))
                        .get("interactions")
                        .get(0)
                        .get("timestamp")
                        .asString())
                .isEqualTo("2026-01-02T02:04:05Z");
    }

    @Test
    void post_sameKey_isReplayed_otherBodyIsRefused() throws Exception {
        HttpRequest.Builder first = with("Idempotency-Key", "k1", "{\"itemId\": \"v2\"}");
        send(first);

        HttpResponse<String> again = send(first);
        HttpResponse<String> other = send(with("Idempotency-Key", "k1", "{\"itemId\": \"v3\"}"));

        assertThat(json(again).get("recorded").asInt()).isOne();
        assertThat(header(again, "Idempotency-Replayed")).isEqualTo("true");
        assertThat(problem(other, 422).get("detail").asString()).contains("'k1'");
        assertThat(json(get(path + "/interactions")).get("interactions").size()).isOne();
    }

    private HttpRequest.Builder with(String header, String value, String body) {
        return request(path + "/interactions")
                .header("Content-Type", "application/json")
                .header(header, value)
                .POST(BodyPublishers.ofString(body));
    }

    @Test
    void list_manyPages_giveEveryInteractionOnce() throws Exception {
        List<String> sent = new ArrayList<>();
        for (int second = 10; second < 24; second++) {
            sent.add("i" + second);
            post(
                    path + "/interactions",
                    "{\"itemId\": \"i%1$d\", \"timestamp\": \"2026-01-01T00:00:%1$dZ\"}".formatted(second));
        }

        List<String> listed = new ArrayList<>();
        String next = "";
        do {
            JsonNode page = json(get(path + "/interactions?limit=5" + next));
            page.get("interactions").forEach(one -> listed.add(one.get("itemId").asString()));
            next = page.has("next") ? "&after=" + page.get("next").asString() : "";
        } while (!next.isEmpty());

        assertThat(listed).isEqualTo(sent.reversed());
        assertThat(parameter(get(path + "/interactions?after=nonsense"))).isEqualTo("after");
    }

    @Test
    void delete_item_isForgotten_trainedOrNot() throws Exception {
        post(path + "/interactions", "[{\"itemId\": \"v2\"}, {\"itemId\": \"v3\"}]");

        assertThat(delete(path + "/interactions/v3").statusCode()).isEqualTo(204);
        assertThat(delete("/users/u2/interactions/v5").statusCode()).isEqualTo(204);

        get(path + "/recommendations");
        assertThat(RUNTIME.requests()).last().isEqualTo("recommend OptionalInt.empty [1] {1} 20");
        get("/users/u2/recommendations"); // trained on v5 and v2
        assertThat(RUNTIME.requests()).last().isEqualTo("recommend OptionalInt[1] [1] {1} 20");
    }

    @Test
    void delete_user_isAStrangerAgain() throws Exception {
        post(path + "/interactions", "{\"itemId\": \"v2\"}");
        get(path + "/recommendations");
        get("/users/u1/recommendations");

        assertThat(delete(path).statusCode()).isEqualTo(204);
        assertThat(delete("/users/u1").statusCode()).isEqualTo(204);

        assertThat(json(get(path + "/recommendations")).get("strategy").asString())
                .isEqualTo("popular");
        assertThat(json(get(path + "/interactions")).get("interactions")).isEmpty();
        assertThat(json(get("/users/u1/recommendations")).get("strategy").asString())
                .isEqualTo("popular");
    }

    @Test
    void explain_everyItemSaysWhy() throws Exception {
        post(path + "/interactions", "[{\"itemId\": \"v1\"}, {\"itemId\": \"v3\"}]");

        JsonNode items = json(get(path + "/recommendations?limit=1&offset=1&explain=true"))
                .get("items");

        assertThat(items).isEqualTo(JSON.readTree("""
                [{"rank": 2, "itemId": "v4", "score": 8.0, "explanation": {
                  "shares": [{"view": "embeddings", "score": 2.0},
                             {"view": "denoised", "modality": "visual", "score": 2.0},
                             {"view": "linear", "score": 4.0}],
                  "because": [{"itemId": "v3", "change": 4.0}, {"itemId": "v1", "title": "First", "change": 4.0}]}}]
                """));
        JsonNode shares = json(get(path + "/recommendations?limit=1&offset=1&explain=shares"))
                .at("/items/0/explanation");
        assertThat(shares.get("shares")).isEqualTo(items.at("/0/explanation/shares"));
        assertThat(shares.get("because")).isEmpty();
        assertThat(json(get(path + "/recommendations?limit=1"))
                        .get("items")
                        .get(0)
                        .has("explanation"))
                .isFalse();
        assertThat(json(get("/users/stranger/recommendations?explain=true"))
                        .get("items")
                        .get(0)
                        .has("explanation"))
                .isFalse();
    }

    @Test
    void followedAnswers_areCountedByVersion() throws Exception {
        double before = counted("diffmm_recommendations_followed_total{version=\"v-1\"}");
        double others = counted("diffmm_recommendations_followed_total{version=\"other\"}");
        String id = json(get(path + "/recommendations")).get("recommendationId").asString();

        post(
                path + "/interactions",
                "[{\"itemId\": \"v1\", \"recommendationId\": \"%s\"}, {\"itemId\": \"v2\", \"recommendationId\": \"x\"}, {\"itemId\": \"v3\"}]"
                        .formatted(id));

        assertThat(counted("diffmm_recommendations_followed_total{version=\"v-1\"}"))
                .isEqualTo(before + 1);
        assertThat(counted("diffmm_recommendations_followed_total{version=\"other\"}"))
                .isEqualTo(others + 1);
        assertThat(counted("diffmm_recommendations_total{strategy=\"popular\",version=\"v-1\"}"))
                .isPositive();
    }

    private double counted(String meter) throws Exception {
        return get("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith(meter))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    @Test
    void importAll_goodAndBadLines_storesTheGoodAndNamesTheBad() throws Exception {
        String id = UUID.randomUUID().toString();
        String lines = String.join(
                "\n",
                line(id + 1, "v1"),
                "null",
                "",
                line(id + 2, "v2"),
                "{\"userId\": \"%s\", \"itemId\": \"v1\", \"wieght\": 1}".formatted(id),
                "{\"itemId\": \"v1\"}",
                line(id + 3, "v".repeat(600)),
                "{\"userId\": \"%s\", \"itemId\": \"v1\", \"weight\": NaN}".formatted(id),
                "{\"userId\": \"%s\", \"itemId\": \"v1\", \"timestamp\": \"tomorrow\"}".formatted(id),
                "{\"userId\": \"a\\u0000b\", \"itemId\": \"\"}",
                line(id + 3, "v3"),
                line(id + 1, "v1"),
                line(id + 4, "v4"));

        HttpResponse<String> response = importLines(lines);

        assertThat(response.statusCode()).isEqualTo(200);
        List<JsonNode> answer = response.body().lines().map(JSON::readTree).toList();
        assertThat(answer.subList(0, answer.size() - 1))
                .extracting(line -> line.get("line").asInt())
                .containsExactly(2, 5, 6, 7, 8, 9, 10);
        assertThat(answer)
                .extracting(line -> line.path("detail").asString(""))
                .satisfies(details -> assertThat(details.get(0)).contains("must be JSON"))
                .satisfies(details -> assertThat(details.get(1)).contains("'wieght'"))
                .satisfies(details -> assertThat(details.get(2)).contains("userId must be there"))
                .satisfies(details -> assertThat(details.get(3)).contains("longer than 600 bytes"))
                .satisfies(details -> assertThat(details.get(5)).contains("timestamp must be a time"))
                .satisfies(
                        details -> assertThat(details.get(6)).contains("userId must not have", "itemId must not be"));
        assertThat(answer.getLast())
                .isEqualTo(JSON.readTree("{\"lines\": 13, \"recorded\": 4, \"duplicates\": 1, \"rejected\": 7}"));
        assertThat(json(get("/users/" + id + "4/interactions"))
                        .get("interactions")
                        .size())
                .isOne();
    }

    @Test
    void importAll_tooLarge_keepsEarlierLines() throws Exception {
        String id = UUID.randomUUID().toString();
        String lines = IntStream.range(0, 200)
                .mapToObj(number -> line(id, "i" + number))
                .collect(Collectors.joining("\n"));

        assertThat(problem(importLines(lines), 413).get("stored").asInt()).isZero(); // rejected by its Content-Length

        JsonNode problem = problem(importChunks(lines), 413);

        int stored = problem.get("stored").asInt();
        assertThat(stored).isPositive().isLessThan(200);
        assertThat(problem.get("detail").asString()).contains("8192 bytes", stored + " lines were processed");
        assertThat(json(get("/users/" + id + "/interactions?limit=100"))
                        .get("interactions")
                        .size())
                .isEqualTo(stored);
    }

    @Test
    void importAll_interrupted_namesRejectedLines() throws Exception {
        String id = UUID.randomUUID().toString();
        String lines = "nonsense\n"
                + IntStream.range(0, 200)
                        .mapToObj(number -> line(id, "i" + number))
                        .collect(Collectors.joining("\n"));

        JsonNode problem = problem(importChunks(lines), 413);

        assertThat(problem.get("rejected").get(0).get("line").asInt()).isOne();
    }

    @Test
    void ids_withABackslash_canBeErased() throws Exception {
        importLines(line("a\\\\b", "v1"));
        assertThat(json(get("/users/a%5Cb/interactions")).get("interactions").size())
                .isOne();

        assertThat(delete("/users/a%5Cb/interactions/c%5Cd").statusCode()).isEqualTo(204);
        assertThat(delete("/users/a%5Cb").statusCode()).isEqualTo(204);
        assertThat(json(get("/users/a%5Cb/interactions")).get("interactions")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"+1000000000-12-31T23:59:59Z v1", "-1000000000-01-01T00:00:00Z v1", "x", "2026-01-01T00:00:00Z"})
    void list_tokenOfNoAnswer_isRefused(String place) throws Exception {
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(place.getBytes(StandardCharsets.UTF_8));

        assertThat(parameter(get(path + "/interactions?after=" + token))).isEqualTo("after");
    }

    @Test
    void importAll_empty_storesNothing() throws Exception {
        assertThat(json(importLines("")).get("lines").asInt()).isZero();
    }

    private static String line(String userId, String itemId) {
        return "{\"userId\": \"%s\", \"itemId\": \"%s\", \"timestamp\": \"2026-01-01T00:00:00Z\"}"
                .formatted(userId, itemId);
    }

    private HttpResponse<String> importLines(String lines) throws Exception {
        return send(request("/interactions")
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(lines)));
    }

    /// Imports lines with chunked encoding, without a Content-Length.
    private HttpResponse<String> importChunks(String lines) throws Exception {
        byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
        return send(request("/interactions")
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                                       | body
            nonsense                                                 | body
            7                                                        | body
            {}                                                       | itemId
            {"itemId": null}                                         | itemId
            {"itemId": ""}                                           | itemId
            {"itemId": "a\\u0000b"}                                  | itemId
            {"itemId": "\\ud83d"}                                    | itemId
            {"itemId": 7}                                            | body
            {"itemId": "v1", "itemId": "v2"}                         | body
            {"itemId": "v1", "what": 1}                              | body
            {"itemId": "v1", "weight": -1}                           | weight
            {"itemId": "v1", "weight": 1e999}                        | weight
            {"itemId": "v1", "weight": NaN}                          | body
            {"itemId": "v1", "weight": "1"}                          | body
            {"itemId": "v1", "timestamp": 5}                         | body
            {"itemId": "v1", "timestamp": "2026-01-01T00:00:00"}     | timestamp
            {"itemId": "v1", "timestamp": "2996-01-01T00:00:00Z"}    | timestamp
            {"itemId": "v1", "timestamp": "1969-12-31T23:59:59Z"}    | timestamp
            {"itemId": "v1", "recommendationId": " "}                | recommendationId
            [{"itemId": "v1"}, {"itemId": "v2", "weight": -1}]       | [1].weight
            [1]                                                      | [0]
            [{"itemId": "v1"}, null]                                 | [1]
            [{"itemId": "v1"}, {"itemId": 7}]                        | [1]
            null                                                     | body
            [{"itemId": "v1"}, {"itemId": "v1"}, {"itemId": "v1"}, {"itemId": "v1"}] | body
            """)
    void post_notValid_isRefusedAndNothingIsStored(String body, String parameter) throws Exception {
        HttpResponse<String> response = post(path + "/interactions", body);

        assertThat(parameter(response)).isEqualTo(parameter);
        assertThat(json(get(path + "/interactions")).get("interactions")).isEmpty();
    }

    @Test
    void requests_hostile_areRefusedWithProblems() throws Exception {
        String longId = "x".repeat(10_000 - 2000);
        assertThat(parameter(post("/users/" + "x".repeat(257) + "/interactions", "{\"itemId\": \"v1\"}")))
                .isEqualTo("userId");
        assertThat(post("/users/" + longId + "/interactions", "{\"itemId\": \"v1\"}")
                        .statusCode())
                .isBetween(400, 499);
        assertThat(get("/users/a%00b/recommendations").statusCode()).isEqualTo(400);
        assertThat(parameter(get("/users/a%0Ab/recommendations"))).isEqualTo("userId");
        assertThat(delete("/users/a%0Ab").statusCode()).isEqualTo(400);
        assertThat(delete(path + "/interactions/%07").statusCode()).isEqualTo(400);
        assertThat(parameter(send(with("Idempotency-Key", "k".repeat(257), "{\"itemId\": \"v1\"}"))))
                .isEqualTo("Idempotency-Key");
        assertThat(post(path + "/interactions", "{\"itemId\": \"" + "x".repeat(3000) + "\"}")
                        .statusCode())
                .isEqualTo(413);
        assertThat(send(request(path + "/interactions").POST(BodyPublishers.ofString("x")))
                        .statusCode())
                .isEqualTo(415);
    }

    @Test
    void answer_isRevalidatedByItsTag() throws Exception {
        post(path + "/interactions", "{\"itemId\": \"v2\"}");
        String tag = header(get(path + "/recommendations"), "ETag");

        assertThat(send(request(path + "/recommendations").header("If-None-Match", tag))
                        .statusCode())
                .isEqualTo(304);
        post(path + "/interactions", "{\"itemId\": \"v3\", \"timestamp\": \"%s\"}".formatted(Instant.now()));
        assertThat(send(request(path + "/recommendations").header("If-None-Match", tag))
                        .statusCode())
                .isEqualTo(200);
    }

    private HttpRequest.Builder request(String uri) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + uri));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String uri) throws Exception {
        return send(request(uri));
    }

    private HttpResponse<String> delete(String uri) throws Exception {
        return send(request(uri).DELETE());
    }

    private HttpResponse<String> post(String uri, String body) throws Exception {
        return send(request(uri).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    /// Returns the name of the only invalid parameter.
    private static String parameter(HttpResponse<String> response) {
        JsonNode errors = problem(response, 400).get("errors");
        assertThat(errors.size()).isOne();
        return errors.get(0).get("parameter").asString();
    }

    private static JsonNode problem(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(header(response, "Content-Type")).isEqualTo("application/problem+json");
        return json(response);
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
