package io.diffmm;

import static io.diffmm.Http.assertProblem;
import static io.diffmm.Http.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.ConstantLoad.Response;
import io.diffmm.Server.Answer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Outage of PostgreSQL under load: recommendations continue without live interactions, writes are rejected within
/// their time limit, and the server recovers without operator action.
@NeedsDocker
class DatabaseAwayIT {

    /// Default timeout of a recommendation.
    private static final Duration REQUEST = Duration.ofSeconds(2);

    /// Maximum duration of a write: statement timeout, two seconds for the database to confirm the cancellation, and
    /// wait for a connection.
    private static final Duration STATEMENT = Duration.ofSeconds(5 + 2 + 2);

    private static final Duration NEVER = Duration.ofSeconds(60);
    private static final int SOME = 50;

    @TempDir
    static Path directory;

    private static UnsteadyPostgres postgres;

    @BeforeAll
    static void start() throws Exception {
        postgres = UnsteadyPostgres.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    /// Kinds of database outages.
    enum Outage {
        SILENT,
        KILLED;

        void begin() {
            switch (this) {
                case SILENT -> postgres.pause();
                case KILLED -> postgres.kill();
            }
        }

        void end() {
            switch (this) {
                case SILENT -> postgres.unpause();
                case KILLED -> postgres.startAgain();
            }
        }

        /// Returns a user of the training data that no other client uses.
        String user() {
            return switch (this) {
                case SILENT -> "u951";
                case KILLED -> "u952";
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void underLoad_answersGoOn_andNothingAcknowledgedIsLost(Outage outage) throws Exception {
        String user = outage.user();
        try (Server server = Server.start(directory, postgres.properties());
                var load = new ConstantLoad(server, outage.name())) {
            Answer trained = server.recommendations(user);
            json(
                    server.record(
                            user,
                            "{\"itemId\": \"%s\"}".formatted(trained.items().getFirst())),
                    200);
            await(() -> load.responses().size() > SOME);
            assertThat(load.responses()).allMatch(Response::live);

            outage.begin();
            await(() -> load.refused().size() > SOME && withoutStore(load) > SOME);
            Answer without = server.recommendations(user);
            assertThat(without.live()).isFalse();
            assertThat(without.items()).isEqualTo(trained.items());

            outage.end();
            long back = System.nanoTime();
            await(() -> server.recommendations(user).live());
            await(() -> server.record(user, "{\"itemId\": \"unknown\"}").statusCode() == 200);
            Duration recovery = Duration.ofNanos(System.nanoTime() - back);
            assertThat(server.recommendations(user).history()).isEqualTo(trained.history() + 1);
            await(() -> load.responses().reversed().stream().limit(SOME).allMatch(Response::live));
            int acknowledged = load.requireWritten();

            report(outage, load, acknowledged, recovery);
            assertThat(load.responses()).allMatch(one -> one.status() == 200);
            assertThat(load.slowestAnswer()).isLessThan(REQUEST);
            assertThat(load.readiness()).containsExactly(200);
            assertThat(load.refused()).allSatisfy(one -> assertRefused(one.response()));
            assertThat(load.slowestRefusal()).isLessThan(STATEMENT);
        }
    }

    private static void report(Outage outage, ConstantLoad load, int acknowledged, Duration recovery) {
        System.out.printf(
                "database %s: %,d answers, %,d of them without live interactions, after at most %d ms; %,d writes acknowledged, %,d rejected"
                        + " after at most %d ms; recovered %d ms after the end of the outage%n",
                outage,
                load.responses().size(),
                withoutStore(load),
                load.slowestAnswer().toMillis(),
                acknowledged,
                load.refused().size(),
                load.slowestRefusal().toMillis(),
                recovery.toMillis());
    }

    private static long withoutStore(ConstantLoad load) {
        return load.responses().stream().filter(one -> !one.live()).count();
    }

    private static void assertRefused(HttpResponse<String> response) {
        assertProblem(response, 503);
        assertThat(response.headers().firstValueAsLong("Retry-After").orElseThrow())
                .isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void startedWithoutDatabase_servesAtOnce_andUsesItOnceItIsThere(Outage outage) throws Exception {
        outage.begin();
        try (Server server = Server.start(directory, postgres.properties())) {
            assertThat(server.recommendations("u1").live()).isFalse();
            assertThat(server.recommendations("u1").strategy()).isEqualTo("personalized");
            assertRefused(server.record("u1", "{\"itemId\": \"v1\"}"));
            assertRefused(server.get("/users/u1/interactions"));

            outage.end();

            await(() -> server.recommendations("u1").live());
            json(server.record("u1", "{\"itemId\": \"v1\"}"), 200);
            assertThat(server.interactions("u1").getFirst().get("itemId").asString())
                    .isEqualTo("v1");
        }
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + NEVER.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.sleep(50);
        }
    }
}
