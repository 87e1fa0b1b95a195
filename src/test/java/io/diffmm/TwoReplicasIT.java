package io.diffmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.Server.Answer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two servers with one PostgreSQL database: a write to one invalidates the cached answers of the other.
@NeedsDocker
class TwoReplicasIT {

    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final Duration NEVER = Duration.ofSeconds(30);
    private static final int USERS = 10;
    private static final int CHANGES = 100;

    @TempDir
    static Path directory;

    private static String url;
    private static Server writer;
    private static Server reader;

    @BeforeAll
    static void start() throws Exception {
        url = PostgresContainer.newDatabase();
        writer = startOne();
        reader = startOne();
    }

    private static Server startOne() throws Exception {
        return Server.start(
                directory,
                "--spring.datasource.url=" + url,
                "--spring.datasource.username=" + PostgresContainer.user(),
                "--spring.datasource.password=" + PostgresContainer.password());
    }

    @AfterAll
    static void stop() {
        writer.close();
        reader.close();
    }

    @Test
    void record_onOneReplica_showsOnTheOther() throws Exception {
        List<Duration> delays = changes("a", USERS, CHANGES);

        System.out.printf(
                "%,d changes visible on the other replica after %d ms (median), %d ms (maximum)%n",
                delays.size(),
                delays.get(delays.size() / 2).toMillis(),
                delays.getLast().toMillis());
        assertThat(delays).hasSize(USERS * CHANGES);
        assertThat(delays.getLast()).isLessThan(LIMIT);
    }

    @Test
    void connectionsLost_changesMeanwhile_areNotMissed() throws Exception {
        Answer cached = reader.recommendations("silent");
        execute("insert into interaction (user_id, item_id, occurred_at, weight) values ('silent', 'v1', now(), 1)");
        Thread.sleep(1_500); // longer than a notification takes
        assertThat(reader.recommendations("silent").tag())
                .as("the replica has received no notification")
                .isEqualTo(cached.tag());

        execute("select pg_terminate_backend(pid) from pg_stat_activity"
                + " where datname = current_database() and pid <> pg_backend_pid()");

        Answer after = awaitChange("silent", cached.tag());
        assertThat(after.history()).isEqualTo(1);
        awaitWrites();
        assertThat(changes("b", 2, 20).getLast()).isLessThan(LIMIT);
    }

    /// Returns the times until changes are visible, shortest first.
    private static List<Duration> changes(String prefix, int users, int each) throws Exception {
        List<Callable<List<Duration>>> work = new ArrayList<>();
        for (int user = 0; user < users; user++) {
            String name = prefix + user;
            work.add(() -> changes(name, each));
        }
        List<Duration> all = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<List<Duration>> delays : clients.invokeAll(work)) {
                all.addAll(delays.get());
            }
        }
        return all.stream().sorted().toList();
    }

    private static List<Duration> changes(String user, int count) throws Exception {
        List<Duration> delays = new ArrayList<>();
        Answer before = reader.recommendations(user);
        for (int change = 1; change <= count; change++) {
            Http.json(writer.record(user, "{\"itemId\": \"v%d\"}".formatted(change)), 200);
            long written = System.nanoTime();
            Answer after = awaitChange(user, before.tag());
            delays.add(Duration.ofNanos(System.nanoTime() - written));
            assertThat(after.history()).isEqualTo(before.history() + 1);
            before = after;
        }
        return delays;
    }

    /// Polls the reader until its answer changes.
    private static Answer awaitChange(String user, String tag) throws Exception {
        long deadline = System.nanoTime() + NEVER.toNanos();
        while (System.nanoTime() < deadline) {
            var response = reader.get("/users/%s/recommendations".formatted(user), "If-None-Match", tag);
            if (response.statusCode() != 304) {
                return Server.answer(response);
            }
            Thread.sleep(5);
        }
        throw new AssertionError("the answer to %s stayed as it was".formatted(user));
    }

    /// Waits until the writer has replaced its closed connections.
    private static void awaitWrites() throws Exception {
        long deadline = System.nanoTime() + NEVER.toNanos();
        while (writer.record("probe", "{\"itemId\": \"v1\"}").statusCode() != 200) {
            assertThat(System.nanoTime()).as("written again in time").isLessThan(deadline);
            Thread.sleep(100);
        }
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(url, PostgresContainer.user(), PostgresContainer.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
