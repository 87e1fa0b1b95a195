package io.diffmm;

import static io.diffmm.Http.assertProblem;
import static io.diffmm.Http.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.Server.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Recorded interactions appear in the next recommendation and survive restarts, with the packaged jar and its embedded
/// database.
class LiveInteractionsIT {

    /// Number of items of the demo model, `v1` to `v300`.
    private static final int ITEMS = 300;

    @TempDir
    static Path directory;

    private static Server server;

    @BeforeAll
    static void start() throws Exception {
        server = Server.start(directory, Jar.INTERACTIONS + directory.resolve("interactions"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void record_newUser_isPersonalizedInTheNextAnswer() throws Exception {
        Answer before = server.recommendations("new");
        assertThat(before.strategy()).isEqualTo("popular");
        String popular = before.items().getFirst();

        assertRecorded("new", "{\"itemId\": \"%s\"}".formatted(popular), 1, 0);

        Answer after = server.recommendations("new");
        assertThat(after.strategy()).isEqualTo("personalized");
        assertThat(after.history()).isEqualTo(1);
        assertThat(after.tag()).isNotEqualTo(before.tag());
        assertThat(after.items()).hasSize(20).doesNotContain(popular);
    }

    @Test
    void record_trainedUser_changesTheAnswerThatClientsHold() throws Exception {
        Answer before = server.recommendations("u42");
        String path = "/users/u42/recommendations";
        assertThat(server.get(path, "If-None-Match", before.tag()).statusCode()).isEqualTo(304);
        String best = before.items().getFirst();

        assertRecorded("u42", "[{\"itemId\": \"%s\"}]".formatted(best), 1, 0);

        Answer after = Server.answer(server.get(path, "If-None-Match", before.tag()));
        assertThat(after.history()).isEqualTo(before.history() + 1);
        assertThat(after.items()).doesNotContain(best);
        assertThat(after.live()).isTrue();
    }

    @Test
    void record_itemThatTheModelDoesNotKnow_isKeptAndCounted() throws Exception {
        JsonNode outcome = json(server.record("u43", "{\"itemId\": \"tomorrow's\"}"), 200);

        assertThat(outcome.get("unknownItems").asInt()).isEqualTo(1);
        assertThat(server.recommendations("u43")
                        .body()
                        .at("/history/unknownItems")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void record_again_countsOnce() throws Exception {
        String body = "{\"itemId\": \"v1\", \"timestamp\": \"2026-11-20T12:00:00Z\"}";
        assertRecorded("twice", body, 1, 0);
        String tag = server.recommendations("twice").tag();

        assertRecorded("twice", body, 0, 1);

        assertThat(server.recommendations("twice").tag()).isEqualTo(tag);
        assertThat(server.interactions("twice")).hasSize(1);
    }

    @Test
    void record_withAKeyAgain_isAnsweredAsTheFirstTime() throws Exception {
        String body = "{\"itemId\": \"v1\"}"; // without a timestamp, so a repetition has another time
        var first = server.record("keyed", body, "Idempotency-Key", "k1");
        var again = server.record("keyed", body, "Idempotency-Key", "k1");

        assertThat(json(again, 200)).isEqualTo(json(first, 200));
        assertThat(first.headers().firstValue("Idempotency-Replayed")).isEmpty();
        assertThat(again.headers().firstValue("Idempotency-Replayed")).contains("true");
        assertThat(server.interactions("keyed")).hasSize(1);
        assertProblem(server.record("keyed", "{\"itemId\": \"v2\"}", "Idempotency-Key", "k1"), 422);
    }

    @Test
    void remove_itemOfTheTraining_isForgottenAndRecommendedAgain() throws Exception {
        String seen = anySeen("u44");
        int history = server.recommendations("u44").history();
        assertThat(unseen("u44")).hasSize(ITEMS - history);

        assertThat(server.delete("/users/u44/interactions/" + seen).statusCode())
                .isEqualTo(204);

        assertThat(server.recommendations("u44").history()).isEqualTo(history - 1);
        assertThat(unseen("u44")).contains(seen).hasSize(ITEMS - history + 1);
    }

    @Test
    void erase_trainedUser_isUnknownUntilTheNextInteraction() throws Exception {
        assertRecorded("u45", "{\"itemId\": \"v1\"}", 1, 0);

        assertThat(server.delete("/users/u45").statusCode()).isEqualTo(204);

        assertThat(server.interactions("u45")).isEmpty();
        Answer erased = server.recommendations("u45");
        assertThat(erased.strategy()).isEqualTo("popular");
        assertThat(erased.items()).isEqualTo(server.recommendations("stranger").items());
        assertRecorded("u45", "{\"itemId\": \"v1\"}", 1, 0);
        assertThat(server.recommendations("u45").history()).isEqualTo(1);
    }

    @Test
    void restart_afterSigtermOrKill_keepsEverything() throws Exception {
        assertRecorded("u50", "[{\"itemId\": \"v7\", \"weight\": 0.5, \"recommendationId\": \"r\"}]", 1, 0);
        assertThat(server.delete("/users/u51/interactions/" + anySeen("u51")).statusCode())
                .isEqualTo(204);
        assertThat(server.delete("/users/u52").statusCode()).isEqualTo(204);
        json(server.record("u53", "{\"itemId\": \"v1\"}", "Idempotency-Key", "k"), 200);
        List<Object> before = state();

        server.process().terminate();
        startAgain();
        assertThat(state()).isEqualTo(before);

        assertRecorded("u50", "{\"itemId\": \"v8\"}", 1, 0);
        server.process().kill(); // immediately after the acknowledgement
        startAgain();
        assertThat(server.interactions("u50").getFirst().get("itemId").asString())
                .isEqualTo("v8");
        assertThat(server.record("u53", "{\"itemId\": \"v1\"}", "Idempotency-Key", "k")
                        .headers()
                        .firstValue("Idempotency-Replayed"))
                .contains("true");
    }

    /// Returns the client-visible state of the users of the restart test.
    private static List<Object> state() throws Exception {
        List<Object> state = new ArrayList<>();
        for (String user : List.of("u50", "u51", "u52", "u53")) {
            state.add(server.interactions(user));
            state.add(server.recommendations(user).body());
        }
        return state;
    }

    private static void startAgain() throws Exception {
        server.close();
        start();
    }

    private static void assertRecorded(String user, String body, int recorded, int duplicates) throws Exception {
        JsonNode outcome = json(server.record(user, body), 200);
        assertThat(outcome.get("recorded").asInt()).isEqualTo(recorded);
        assertThat(outcome.get("duplicates").asInt()).isEqualTo(duplicates);
    }

    /// Returns all items that a user has not seen.
    private static List<String> unseen(String user) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>();
        for (int offset = 0; offset < ITEMS; offset += 100) {
            all.addAll(
                    Server.answer(server.get("/users/%s/recommendations?limit=100&offset=%d".formatted(user, offset)))
                            .items());
        }
        return all;
    }

    /// Returns an item that a user has seen.
    private static String anySeen(String user) throws IOException, InterruptedException {
        List<String> unseen = unseen(user);
        return IntStream.rangeClosed(1, ITEMS)
                .mapToObj("v%d"::formatted)
                .filter(item -> !unseen.contains(item))
                .findFirst()
                .orElseThrow();
    }
}
